global using Beat.Messaging.Shared.Abstractions;
global using Beat.Messaging.Shared.Events;
global using Beat.Messaging.Shared.Events.Kafka;
global using Beat.Messaging.Shared.Hosting.Auth;
global using Beat.Messaging.Shared.Hosting.Settings;

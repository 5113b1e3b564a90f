global using Beat.Messaging.Shared.Abstractions;

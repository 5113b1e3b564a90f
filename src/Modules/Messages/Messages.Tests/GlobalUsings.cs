global using Beat.Messaging.Messages.Contracts;
global using Beat.Messaging.Messages.Events;
global using Beat.Messaging.Messages.Sending;
global using Beat.Messaging.Messages.Store;
global using Beat.Messaging.Messages.Tests.Store;

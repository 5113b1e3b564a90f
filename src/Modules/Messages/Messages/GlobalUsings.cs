global using Beat.Messaging.Members.Contracts;
global using Beat.Messaging.Messages.Contracts;
global using Beat.Messaging.Messages.Data;
global using Beat.Messaging.Messages.Store;
global using Beat.Messaging.Shared.Abstractions;
global using Beat.Messaging.Shared.Events.Persistence;
global using Beat.Messaging.Shared.Hosting.Web;
global using Microsoft.EntityFrameworkCore;

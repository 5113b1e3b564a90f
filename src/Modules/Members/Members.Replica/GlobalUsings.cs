global using Beat.Messaging.Members.Contracts;
global using Beat.Messaging.Shared.Abstractions;
global using Beat.Messaging.Shared.Events.Persistence;
global using Microsoft.EntityFrameworkCore;

global using Beat.Messaging.Shared.Abstractions;
global using Microsoft.EntityFrameworkCore;
global using Microsoft.Extensions.Logging;

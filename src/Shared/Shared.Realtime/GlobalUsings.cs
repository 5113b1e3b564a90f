global using System.Collections.Concurrent;
global using Beat.Messaging.Shared.Realtime.Nodes;
global using Microsoft.AspNetCore.SignalR;
global using Microsoft.Extensions.Logging;

global using System.Net;
global using System.Text;
global using System.Text.Json;
global using Beat.Messaging.Shared.Abstractions;
global using Beat.Messaging.Shared.Realtime;
global using Beat.Messaging.Shared.Tests.Auth;
global using Microsoft.Extensions.Time.Testing;

global using System.Text.Json;
global using Beat.Messaging.Shared.Abstractions;
global using Microsoft.AspNetCore.Http;

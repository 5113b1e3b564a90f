global using System.Text.Json.Nodes;
global using Beat.Messaging.TestKit;
global using Microsoft.Extensions.DependencyInjection;
global using Snapshooter.Xunit;

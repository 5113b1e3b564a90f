global using System.Text.Json.Nodes;
global using Snapshooter.Xunit;

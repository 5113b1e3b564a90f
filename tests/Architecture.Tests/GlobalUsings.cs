global using System.Text.RegularExpressions;
global using Beat.Messaging.Shared.Abstractions;

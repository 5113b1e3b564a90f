global using Beat.Messaging.TestKit;
global using Microsoft.Playwright;

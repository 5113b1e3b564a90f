using Beat.Messaging.Host;

return await Commands.ExitCode(async () =>
{
    var builder = Composition.CreateBuilder(args);
    var settings = MessagingSettings.Load(builder.Configuration, builder.Environment, Modules.All);
    if (await Commands.Run(args, settings))
        return;

    builder.AddMessaging(settings);
    var app = builder.Build();
    await app.PrepareStores();
    app.UseMessaging(settings);
    await app.RunAsync();
});

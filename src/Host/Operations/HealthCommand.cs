namespace Beat.Messaging.Host.Operations;

/// <summary>The health check of a container, whose image has no other program for it.</summary>
internal static class HealthCommand
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(4);

    /// <exception cref="CommandException">It is not ready.</exception>
    public static async Task Run(MessagingSettings settings)
    {
        var address = BindingAddress.Parse((settings.Urls ?? "http://localhost:4000").Split(';')[0]);
        var url = new Uri($"{address.Scheme}://localhost:{address.Port}/health/ready");
        // It asks itself: the certificate is whatever the service has.
        using var handler =
            new HttpClientHandler
            {
                ServerCertificateCustomValidationCallback =
                HttpClientHandler.DangerousAcceptAnyServerCertificateValidator
            };
        using var http = new HttpClient(handler) { Timeout = Timeout };
        try
        {
            using var answer = await http.GetAsync(url);
            Console.WriteLine(await answer.Content.ReadAsStringAsync());
            if (!answer.IsSuccessStatusCode)
                throw new CommandException($"{url} answers {(int)answer.StatusCode}.");
        }
        catch (Exception silent) when (silent is HttpRequestException or OperationCanceledException)
        {
            throw new CommandException($"{url} does not answer: {silent.Message}");
        }
    }
}

using System.Net;
using System.Net.Sockets;
using Beat.Messaging.Shared.Hosting.Settings;

namespace Beat.Messaging.Shared.Events.Kafka;

/// <summary>
/// A Kafka broker for a machine that has none, reachable by any Kafka client at one port of 127.0.0.1. It forgets everything when
/// it stops, and nothing depends on what it keeps.
/// </summary>
public sealed class EmbeddedBroker : IDisposable
{
    private readonly NativeBroker broker = new();
    private readonly TcpListener listener;
    private readonly CancellationTokenSource stopping = new();
    private bool isDisposed;

    /// <exception cref="SettingsException">The port was asked for and is taken.</exception>
    public EmbeddedBroker(KafkaSettings settings, IEnumerable<string> topics)
    {
        listener = Listen(settings);
        Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        broker.Advertise("127.0.0.1", Port);
        foreach (var topic in topics)
            broker.CreateTopic(topic, settings.Partitions);
        _ = AcceptConnections();
    }

    public int Port { get; }

    /// <summary>Runs a broker as a process of its own until it is told to stop.</summary>
    public static async Task Run(KafkaSettings settings, IEnumerable<string> topics, CancellationToken ct)
    {
        using var broker = new EmbeddedBroker(settings, topics);
        Console.WriteLine(
            $"Embedded Kafka broker at 127.0.0.1:{broker.Port}; it forgets everything when it stops. Ctrl-C stops it.");
        await Task.Delay(Timeout.Infinite, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref isDisposed, true))
            return;
        stopping.Cancel();
        listener.Dispose();
        broker.Dispose();
        stopping.Dispose();
    }

    private static TcpListener Listen(KafkaSettings settings)
    {
        try
        {
            return Open(settings.Port);
        }
        catch (SocketException) when (!settings.PortWasAskedFor)
        {
            return Open(0);
        }
        catch (SocketException taken)
        {
            throw new SettingsException(
                [$"KAFKA_PORT {settings.Port} cannot be listened on ({taken.Message}). Name another, or set KAFKA_BROKERS to use the broker that is there."]);
        }

        static TcpListener Open(int port)
        {
            var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return listener;
        }
    }

    /// <summary>The native broker listens where it likes; this carries its bytes to the port that people know.</summary>
    private async Task AcceptConnections()
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                _ = Forward(await listener.AcceptTcpClientAsync(stopping.Token));
            }
            catch (Exception closed) when (closed is OperationCanceledException or ObjectDisposedException or SocketException)
            {
                if (stopping.IsCancellationRequested)
                    return;
            }
        }
    }

    private async Task Forward(TcpClient client)
    {
        using var inner = new TcpClient { NoDelay = true };
        using (client)
        {
            client.NoDelay = true;
            try
            {
                await inner.ConnectAsync(IPAddress.Loopback, broker.Port, stopping.Token);
                var (outside, inside) = (client.GetStream(), inner.GetStream());
                await Task.WhenAny(outside.CopyToAsync(inside, stopping.Token), inside.CopyToAsync(outside, stopping.Token));
            }
            catch (Exception closed) when (closed is IOException or SocketException or OperationCanceledException)
            {
                // Either side may hang up at any time; Kafka clients come back by themselves.
                return;
            }
        }
    }
}

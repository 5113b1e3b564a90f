using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;

namespace Beat.Messaging.Shared.Events.Kafka;

/// <summary>
/// librdkafka's mock cluster: a broker that speaks the real wire protocol, in this process, and forgets when it ends.
/// </summary>
internal sealed partial class NativeBroker : IDisposable
{
    private const string Library = "librdkafka";

    /// <summary>As Confluent.Kafka ships it; the plain one needs libraries that small systems lack.</summary>
    private static readonly string[] Files = ["centos8-librdkafka", "librdkafka", "alpine-librdkafka"];

    private readonly nint owner;
    private readonly nint cluster;

    static NativeBroker() => NativeLibrary.SetDllImportResolver(typeof(NativeBroker).Assembly, Resolve);

    public NativeBroker()
    {
        var error = new byte[512];
        var conf = ConfNew();
        // It has no cluster of its own to find, and says so on stderr.
        ConfSet(conf, "log_level", "0", error, error.Length);
        owner = New(type: 0, conf, error, error.Length);
        if (owner == 0)
            throw new InvalidOperationException(
                $"The embedded Kafka broker cannot start: {Encoding.UTF8.GetString(error).TrimEnd('\0')}");
        cluster = ClusterNew(owner, brokers: 1);
        if (cluster == 0)
            throw new InvalidOperationException("The embedded Kafka broker cannot start.");
        Port = int.Parse(
            Marshal.PtrToStringUTF8(Bootstraps(cluster))!.Split(':')[^1], System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>Where it listens, on 127.0.0.1; it chooses by itself.</summary>
    public int Port { get; }

    public void CreateTopic(string topic, int partitions) => TopicCreate(cluster, topic, partitions, replication: 1);

    /// <summary>What metadata names, so that clients come through the forwarder.</summary>
    public void Advertise(string host, int port)
    {
        if (SetHostPort(cluster, broker: 1, host, port) != 0)
            throw new InvalidOperationException("The embedded Kafka broker cannot be reached at its port.");
    }

    /// <summary>The cluster goes before the handle that it lives in; the other way round the process aborts.</summary>
    public void Dispose()
    {
        ClusterDestroy(cluster);
        Destroy(owner);
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        if (name != Library)
            return 0;
        foreach (var file in Files)
        {
            if (NativeLibrary.TryLoad(file, assembly, path, out var handle))
                return handle;
        }
        return 0;
    }

    [LibraryImport(Library, EntryPoint = "rd_kafka_conf_new")]
    private static partial nint ConfNew();

    [LibraryImport(Library, EntryPoint = "rd_kafka_conf_set", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ConfSet(nint conf, string name, string value, [Out] byte[] error, nint errorSize);

    [LibraryImport(Library, EntryPoint = "rd_kafka_new")]
    private static partial nint New(int type, nint conf, [Out] byte[] error, nint errorSize);

    [LibraryImport(Library, EntryPoint = "rd_kafka_destroy")]
    private static partial void Destroy(nint handle);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_cluster_new")]
    private static partial nint ClusterNew(nint handle, int brokers);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_cluster_destroy")]
    private static partial void ClusterDestroy(nint cluster);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_cluster_bootstraps")]
    private static partial nint Bootstraps(nint cluster);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_topic_create", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int TopicCreate(nint cluster, string topic, int partitions, int replication);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_broker_set_host_port", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetHostPort(nint cluster, int broker, string host, int port);
}

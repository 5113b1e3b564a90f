using Beat.Messaging.Benchmarks;

// The server has one core and the generator the other; see README.
return args switch
{
    ["bare", var port] => await BareHub.Run(int.Parse(port, System.Globalization.CultureInfo.InvariantCulture)),
    ["fanout", .. var options] => await Fanout.Run(options),
    _ => Usage(),
};

static int Usage()
{
    Console.WriteLine("""
        fanout [MEMBERS SENDERS [SECONDS [ROUNDS]]]   deliveries/s of the service and of a bare in-memory SignalR hub, in turn
                                                     (100 16 6 3 unless told)
        """);
    return 2;
}

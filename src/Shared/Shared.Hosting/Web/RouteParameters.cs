namespace Beat.Messaging.Shared.Hosting.Web;

/// <summary>
/// A field that the bodies of requests may have although their record has it not: what a parameter of the address says already.
/// </summary>
/// <param name="Field">As the body calls it.</param>
/// <param name="Parameter">As the route calls it.</param>
public sealed record RepeatedParameter(string Field, string Parameter);

/// <summary>What the documentation says of the parameters of that name, wherever they stand.</summary>
public sealed record ParameterDescription(string Name, string Description);

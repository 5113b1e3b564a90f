namespace Beat.Messaging.Shared.Abstractions;

/// <summary>
/// Something that one may do in a group, from a rank on. The guards of a module's slices ask the very entries that it registers
/// here, and a group's answer names those that its reader has (<c>can</c>).
/// </summary>
/// <param name="Name"><c>noun:verb</c>, by contract.</param>
/// <param name="Scope">What the access token must hold as well.</param>
/// <param name="Level">The least rank, by the number that Members gives it.</param>
public sealed record Capability(string Name, string Scope, int Level);

using System.Collections.Concurrent;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Beat.Messaging.Shared.Hosting.Json;

namespace Beat.Messaging.Shared.Hosting.Web;

/// <summary>A body of which any part may be sent, and in which absent and null differ.</summary>
public interface IPartialBody
{
    /// <summary>The fields that were sent, by wire name.</summary>
    IReadOnlySet<string> Sent { get; set; }
}

/// <summary>
/// Turns JSON into request records, for REST, the hub and Kafka. The record is the contract: its properties are the only fields,
/// <c>required</c> and the validation attributes are the rules, and every fault of every field is reported at once.
/// </summary>
public static partial class Binder
{
    private static readonly ConcurrentDictionary<Type, Shape> Shapes = new();

    /// <summary>For parsing what is bound here.</summary>
    public static JsonDocumentOptions DocumentOptions { get; } = new() { MaxDepth = 16, AllowDuplicateProperties = false };

    /// <param name="given">What the address says of a field already, if it does; the field is allowed when it says the
    /// same.</param>
    /// <param name="ignoresUnknown">Fields that the record has not are left out, rather than refused.</param>
    public static Result<T> Bind<T>(JsonElement json, Func<string, object?>? given = null, bool ignoresUnknown = false)
        where T : class
    {
        var errors = new Errors();
        var value = Read(typeof(T), json, "", given, errors, ignoresUnknown);
        return errors.Count > 0 ? errors.ToProblem() : (T)value!;
    }

    /// <summary>A single value that is no object, e.g. an argument of a hub method.</summary>
    public static Result<T> BindValue<T>(string name, JsonElement json)
    {
        var errors = new Errors();
        var value = Read(typeof(T), json, name, null, errors);
        return errors.Count > 0 ? errors.ToProblem() : (T)value!;
    }

    /// <summary>What is wrong with the syntax, without the class names of the parser.</summary>
    public static string DescribeSyntaxError(JsonException malformed) =>
        $"Line {malformed.LineNumber + 1}, byte {malformed.BytePositionInLine + 1} cannot be read.";

    private static object? Read(
        Type type, JsonElement json, string path, Func<string, object?>? given, Errors errors,
        bool ignoresUnknown = false)
    {
        var target = Nullable.GetUnderlyingType(type) ?? type;
        if (ElementOf(target) is { } element)
            return ReadList(target, element, json, path, errors, ignoresUnknown);
        if (!IsRecord(target))
            return ReadScalar(target, json, path, errors);
        if (json.ValueKind != JsonValueKind.Object)
        {
            errors[path.Length == 0 ? "body" : path] = ["must be an object"];
            return null;
        }

        var shape = Shapes.GetOrAdd(target, static t => new Shape(t));
        var value = RuntimeHelpers.GetUninitializedObject(target);
        shape.SetDefaults(value);
        var sent = new HashSet<string>();
        foreach (var field in json.EnumerateObject())
        {
            if (NameOf(field) is not { } name)
            {
                if (!ignoresUnknown)
                    errors[path.Length == 0 ? "body" : path] = ["must name its fields in valid Unicode"];
                continue;
            }
            var at = Join(path, name);
            if (!shape.Fields.TryGetValue(name, out var known))
            {
                if (!ignoresUnknown && !RepeatsGiven(given, name, field.Value))
                    errors[at] = ["is not a known field"];
                continue;
            }
            if (!sent.Add(name))
            {
                errors[at] = ["is given more than once"];
                continue;
            }
            if (field.Value.ValueKind == JsonValueKind.Null)
            {
                if (!known.IsNullable)
                    errors[at] = ["must not be null"];
                else
                    known.Property.SetValue(value, null);
                continue;
            }
            var text = known.Rules.OfType<TextLengthAttribute>().FirstOrDefault();
            var read = text is CleanedNameAttribute && field.Value.ValueKind == JsonValueKind.String
                ? AnyText(field.Value)
                : Read(known.Property.PropertyType, field.Value, at, null, errors, ignoresUnknown);
            if (read is null)
                continue;
            if (text is not null)
                read = text.AsStored((string)read);
            var faults = known.Rules.Select(rule => Check(rule, read, name)).OfType<ValidationResult>().ToArray();
            if (faults.Length > 0)
                errors.Add(at, faults);
            else
                known.Property.SetValue(value, read);
        }
        foreach (var missing in shape.Fields.Values.Where(f => f.IsRequired && !sent.Contains(f.Name)))
            errors[Join(path, missing.Name)] = ["is required"];
        if (value is IPartialBody partial)
            partial.Sent = sent;
        return value;
    }

    private static object? ReadList(
        Type target, Type element, JsonElement json, string path, Errors errors, bool ignoresUnknown)
    {
        if (json.ValueKind != JsonValueKind.Array)
        {
            errors[path] = ["must be a list"];
            return null;
        }
        var before = errors.Count;
        var items = Array.CreateInstance(element, json.GetArrayLength());
        var index = 0;
        foreach (var item in json.EnumerateArray())
        {
            if (Read(element, item, $"{path}[{index}]", null, errors, ignoresUnknown) is { } read)
                items.SetValue(read, index);
            index++;
        }
        return errors.Count == before ? items : null;
    }

    private static object? ReadScalar(Type type, JsonElement json, string path, Errors errors)
    {
        try
        {
            if (type.IsEnum && json.ValueKind == JsonValueKind.Number && type.IsDefined(typeof(AlsoByNumberAttribute), false)
                && json.TryGetInt32(out var number) && Enum.IsDefined(type, number))
                return Enum.ToObject(type, number);
            var value = json.Deserialize(type, WireJson.Options);
            if (value is string text && text.Contains('\0'))
                errors[path] = ["must not contain the character NUL"];
            else if (value is null)
                errors[path] = ["must not be null"];
            else
                return value;
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException or FormatException)
        {
            // A string that cannot be read as one has a lone surrogate.
            errors[path] = [type == typeof(string) && json.ValueKind == JsonValueKind.String
                ? "must be valid Unicode"
                : Describe(type)];
        }
        return null;
    }

    /// <summary>A string, also one with a surrogate that stands alone, which is left out.</summary>
    private static string AnyText(JsonElement json)
    {
        try
        {
            return json.GetString()!;
        }
        catch (InvalidOperationException)
        {
            var sound = Escapes().Replace(json.GetRawText(), escape => escape.Groups["alone"].Success ? "" : escape.Value);
            return JsonSerializer.Deserialize<string>(sound)!;
        }
    }

    /// <summary>Whether no text in it, names of fields included, has a surrogate that stands alone.</summary>
    internal static bool IsSound(JsonElement json) =>
        !Escapes().Matches(json.GetRawText()).Any(escape => escape.Groups["alone"].Success);

    [GeneratedRegex(@"\\u[dD][89aAbB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(?<alone>\\u[dD][89a-fA-F][0-9a-fA-F]{2})|\\.")]
    private static partial Regex Escapes();

    private static ValidationResult? Check(ValidationAttribute rule, object value, string field) =>
        rule.GetValidationResult(value, new ValidationContext(value, null, null) { MemberName = field, DisplayName = field });

    /// <summary>Compares what was written: a text that is not valid Unicode cannot be read.</summary>
    private static bool RepeatsGiven(Func<string, object?>? given, string name, JsonElement sent) =>
        given?.Invoke(name) is { } value && string.Equals(sent.GetRawText(), $"\"{value}\"", StringComparison.OrdinalIgnoreCase);

    /// <summary>Null for one with a lone surrogate or invalid UTF-8, which throws whenever it is read.</summary>
    private static string? NameOf(JsonProperty field)
    {
        try
        {
            return field.Name;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

    private static bool IsRecord(Type type) =>
        type is { IsClass: true, IsAbstract: false } && type != typeof(string) && type.GetMethod("<Clone>$") is not null;

    private static Type? ElementOf(Type type) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>) ? type.GetGenericArguments()[0] : null;

    private static string Describe(Type type) => type switch
    {
        _ when type == typeof(string) => "must be a string",
        _ when type == typeof(Guid) => "must be a UUID",
        _ when type == typeof(bool) => "must be true or false",
        _ when type == typeof(int) || type == typeof(long) => "must be an integer",
        _ when type == typeof(DateTimeOffset) => Rfc3339.Rule,
        { IsEnum: true } => "must be one of "
            + string.Join(", ", Enum.GetNames(type).Select(JsonNamingPolicy.SnakeCaseLower.ConvertName)),
        _ => "must be of another type",
    };

    /// <summary>What is known of a record type, looked up once.</summary>
    private sealed class Shape
    {
        private readonly object? template;

        public Shape(Type type)
        {
            var nullability = new NullabilityInfoContext();
            Fields = type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
                .Where(property => property.SetMethod is not null && property.Name != nameof(IPartialBody.Sent))
                .Select(property => new Field(
                    JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name),
                    property,
                    property.GetCustomAttribute<RequiredMemberAttribute>() is not null,
                    nullability.Create(property).WriteState == NullabilityState.Nullable,
                    [.. property.GetCustomAttributes<ValidationAttribute>()]))
                .ToDictionary(field => field.Name);
            // Runs the initializers, so that a field that was not sent has the default that the record names.
            template = Activator.CreateInstance(type);
        }

        public IReadOnlyDictionary<string, Field> Fields { get; }

        public void SetDefaults(object value)
        {
            foreach (var field in Fields.Values)
                field.Property.SetValue(value, field.Property.GetValue(template));
        }
    }

    /// <summary>Field → what is wrong with it.</summary>
    private sealed class Errors : Dictionary<string, string[]>
    {
        private Problem? own;

        public void Add(string field, ValidationResult[] faults)
        {
            this[field] = [.. faults.Select(fault => fault.ErrorMessage ?? "is not valid")];
            if (faults is [ProblemResult fault])
                own ??= fault.Problem;
        }

        public Problem ToProblem() => own ?? Problems.Validation(this);
    }

    private sealed record Field(
        string Name, PropertyInfo Property, bool IsRequired, bool IsNullable, ValidationAttribute[] Rules);
}

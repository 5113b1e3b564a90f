using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Beat.Messaging.Shared.Hosting.Json;
using Beat.Messaging.Shared.Hosting.Text;

namespace Beat.Messaging.Shared.Hosting.Web;

/// <summary>
/// Length of a text for people, counted in Unicode code points on what is stored; one that must not be empty has something to
/// see.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public class TextLengthAttribute(int minimum, int maximum) : ValidationAttribute
{
    public int Minimum => minimum;

    public int Maximum => maximum;

    /// <summary>What is stored of what was sent; the other rules are about that.</summary>
    public virtual string AsStored(string text) => text;

    protected override ValidationResult? IsValid(object? value, ValidationContext validationContext)
    {
        var text = (string)value!;
        if (minimum > 0 && !Normalization.HasVisible(text))
            return new ValidationResult("must not be empty");
        if (Normalization.CodePoints(text) > maximum)
            return TooLong();
        return ValidationResult.Success;
    }

    /// <summary>The fault of a text that is longer.</summary>
    protected virtual ValidationResult TooLong() => new($"must have at most {maximum} characters");
}

/// <summary>A fault that has a problem of its own: it is answered instead of the list of all that is wrong.</summary>
public sealed class ProblemResult(Problem problem) : ValidationResult(problem.Title)
{
    public Problem Problem => problem;
}

/// <summary>A name: <see cref="Normalization.Name"/>, without control characters and those that reorder text.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class NameAttribute(int maximum) : TextLengthAttribute(1, maximum)
{
    public override string AsStored(string text) => Normalization.Name(text);

    protected override ValidationResult? IsValid(object? value, ValidationContext validationContext) =>
        Normalization.HasForbidden((string)value!)
            ? new ValidationResult("must not contain control characters or those that reorder text")
            : base.IsValid(value, validationContext);
}

/// <summary>A name that another service gives and nobody is there to correct: it is cleaned and cut, and never refused.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class CleanedNameAttribute(int maximum) : TextLengthAttribute(0, maximum)
{
    public override string AsStored(string text) => Normalization.CleanName(text, Maximum);
}

/// <summary>A text of several lines about something: <see cref="Normalization.Description"/>.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class DescriptionAttribute(int maximum) : TextLengthAttribute(1, maximum)
{
    public override string AsStored(string text) => Normalization.Description(text);
}

/// <summary>A JSON object of any fields.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class JsonObjectAttribute(int maximumBytes) : ValidationAttribute
{
    protected override ValidationResult? IsValid(object? value, ValidationContext validationContext)
    {
        var json = (JsonElement)value!;
        if (json.ValueKind != JsonValueKind.Object)
            return new ValidationResult("must be an object");
        if (!Binder.IsSound(json))
            return new ValidationResult("must be valid Unicode");
        return JsonSerializer.SerializeToUtf8Bytes(json, WireJson.Options).Length <= maximumBytes
            ? ValidationResult.Success
            : new ValidationResult($"must have at most {maximumBytes} bytes");
    }
}

/// <summary>An absolute https address.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class HttpsUrlAttribute(int maximum) : ValidationAttribute
{
    public int Maximum => maximum;

    protected override ValidationResult? IsValid(object? value, ValidationContext validationContext)
    {
        var text = (string)value!;
        if (text.Length > maximum)
            return new ValidationResult($"must have at most {maximum} characters");
        // The parser drops white space at both ends and line breaks within; what is stored is what was sent.
        if (text.EnumerateRunes()
            .Any(rune => Rune.IsWhiteSpace(rune)
                || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format))
            return new ValidationResult("must not contain white space or invisible characters");
        return Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttps && uri.Host.Length > 0
            ? ValidationResult.Success
            : new ValidationResult("must be an https address");
    }
}

/// <summary>How many items a list may have, none twice.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class AtMostAttribute(int maximum) : ValidationAttribute
{
    public int Maximum => maximum;

    protected override ValidationResult? IsValid(object? value, ValidationContext validationContext) =>
        ((System.Collections.ICollection)value!).Count <= maximum
            ? ValidationResult.Success
            : new ValidationResult($"must have at most {maximum} items");
}

/// <summary>An id that the client chose: 1–128 printable ASCII characters, compared exactly.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed partial class ClientIdAttribute : ValidationAttribute
{
    /// <summary>What is said of one that is not.</summary>
    public const string Rule = "must be 1 to 128 printable ASCII characters";

    /// <summary>The same rule for a header.</summary>
    public static bool IsValidId(string text) => Pattern().IsMatch(text);

    protected override ValidationResult? IsValid(object? value, ValidationContext validationContext) =>
        IsValidId((string)value!) ? ValidationResult.Success : new ValidationResult(Rule);

    [GeneratedRegex(@"\A[\x20-\x7e]{1,128}\z")]
    private static partial Regex Pattern();
}

/// <summary>A whole number between two bounds, both included.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class BetweenAttribute(long minimum, long maximum) : ValidationAttribute
{
    public long Minimum => minimum;

    public long Maximum => maximum;

    protected override ValidationResult? IsValid(object? value, ValidationContext validationContext)
    {
        var number = Convert.ToInt64(value, CultureInfo.InvariantCulture);
        return number >= minimum && number <= maximum
            ? ValidationResult.Success
            : new ValidationResult($"must be between {minimum} and {maximum}");
    }
}

/// <summary>An enumeration that clients may write by number, too.</summary>
[AttributeUsage(AttributeTargets.Enum)]
public sealed class AlsoByNumberAttribute : Attribute;

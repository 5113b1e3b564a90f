using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Beat.Messaging.Shared.Infrastructure.Web;

/// <summary>Length of a text for people, counted in Unicode code points without surrounding white space.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class TextLengthAttribute(int minimum, int maximum) : ValidationAttribute
{
    /// <summary>The most that a message holds.</summary>
    public const int Content = 4000;

    internal const string TooLong = "is too long";

    public int Minimum => minimum;

    public int Maximum => maximum;

    protected override ValidationResult? IsValid(object? value, ValidationContext validationContext)
    {
        var length = Count((string)value!);
        if (length < minimum)
            return new ValidationResult(minimum == 1 ? "must not be empty" : $"must have at least {minimum} characters");
        if (length > maximum)
            return new ValidationResult(maximum == Content ? TooLong : $"must have at most {maximum} characters");
        return ValidationResult.Success;
    }

    /// <summary>Unicode code points without surrounding white space.</summary>
    public static int Count(string text)
    {
        var count = 0;
        foreach (var _ in text.AsSpan().Trim().EnumerateRunes())
            count++;
        return count;
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
        if (text.EnumerateRunes().Any(rune => Rune.IsWhiteSpace(rune) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format))
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
    private const string Message = "must be 1 to 128 printable ASCII characters";

    /// <summary>The same rule for a header.</summary>
    public static bool IsValidId(string text) => Pattern().IsMatch(text);

    protected override ValidationResult? IsValid(object? value, ValidationContext validationContext) =>
        IsValidId((string)value!) ? ValidationResult.Success : new ValidationResult(Message);

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

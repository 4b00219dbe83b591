using System.Security.Cryptography;

namespace FaceAspire.Local.Manifest;

/// <summary>How a secret is made up.</summary>
/// <param name="MinLength">Number of characters.</param>
/// <param name="Lower">Whether it has small letters.</param>
/// <param name="Upper">Whether it has capital letters.</param>
/// <param name="Numeric">Whether it has digits.</param>
/// <param name="Special">Whether it has other characters.</param>
public sealed record GeneratedValue(int MinLength = 0, bool Lower = true, bool Upper = true, bool Numeric = true, bool Special = true)
{
    // Look-alikes are left out, as Aspire does, so that a person can copy it.
    private const string LowerCharacters = "abcdefghjkmnpqrstuvwxyz";
    private const string UpperCharacters = "ABCDEFGHJKMNPQRSTUVWXYZ";
    private const string NumericCharacters = "0123456789";
    private const string SpecialCharacters = "-_.{}~()*+!";

    /// <summary>A new one, from the system's secure source of chance.</summary>
    /// <exception cref="ManifestException">No kind of character is allowed.</exception>
    public string Create()
    {
        string characters = (Lower ? LowerCharacters : "") + (Upper ? UpperCharacters : "") + (Numeric ? NumericCharacters : "") + (Special ? SpecialCharacters : "");
        return characters.Length > 0 ? RandomNumberGenerator.GetString(characters, MinLength) : throw new ManifestException("A value is to be generated of no characters.");
    }
}

using System.Text.Json;
using System.Text.Json.Serialization;

namespace FaceAspire.ModelHub.Provisioning;

/// <summary>Which terms that forbid commercial use somebody has accepted: <c>licences.json</c> in the cache of models.</summary>
/// <param name="folder">The cache; null where there is none, so that nothing is remembered.</param>
internal sealed class LicenceRecord(string? folder)
{
    private const string FileName = "licences.json";

    private readonly Lock _writing = new();

    /// <summary>Whether weights may be fetched: their terms ask for nothing, or were accepted as they stand.</summary>
    public bool Allows(ModelEntry entry) => entry.Commercial != CommercialUse.No || Read().Contains(TermsOf(entry));

    /// <summary>Remembers that the terms were accepted.</summary>
    /// <exception cref="IOException">The cache cannot be written.</exception>
    public void Accept(ModelEntry entry)
    {
        if (folder is null || Allows(entry))
        {
            return;
        }

        lock (_writing)
        {
            Directory.CreateDirectory(folder);
            string path = Path.Combine(folder, FileName);
            File.WriteAllBytes($"{path}.tmp", JsonSerializer.SerializeToUtf8Bytes([.. Read(), TermsOf(entry)], LicenceJsonContext.Default.ListString));
            File.Move($"{path}.tmp", path, overwrite: true);
        }
    }

    // Other terms have to be accepted again.
    private static string TermsOf(ModelEntry entry) => $"{entry.Task}/{entry.Name}: {entry.Licence}";

    private List<string> Read()
    {
        try
        {
            return folder is not null && File.Exists(Path.Combine(folder, FileName))
                ? JsonSerializer.Deserialize(File.ReadAllBytes(Path.Combine(folder, FileName)), LicenceJsonContext.Default.ListString) ?? []
                : [];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException)
        {
            return []; // nobody has accepted what cannot be read
        }
    }
}

/// <summary>How acceptances are written.</summary>
[JsonSourceGenerationOptions(WriteIndented = true)]
[JsonSerializable(typeof(List<string>))]
internal sealed partial class LicenceJsonContext : JsonSerializerContext;

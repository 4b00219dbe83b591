using System.Text.Json;
using System.Text.Json.Serialization;

namespace FaceAspire.ModelHub.Provisioning;

/// <summary>What we know of a file that we converted or downloaded: <c>NAME.json</c> beside it.</summary>
/// <param name="SourceFile">Name of the upstream file.</param>
/// <param name="SourceSha256">Its SHA-256, of what was read out of an archive.</param>
/// <param name="Sha256">SHA-256 of the file itself.</param>
/// <param name="Architecture">The network that was built; null when nothing was converted.</param>
/// <param name="ConverterVersion">The converter's version; 0 when nothing was converted.</param>
internal sealed record FileRecord(string SourceFile, string SourceSha256, string Sha256, string? Architecture, int ConverterVersion)
{
    private const int MaxBytes = 64 * 1024;

    /// <summary>Where the record of a file is.</summary>
    public static string PathOf(string file) => $"{file}.json";

    /// <summary>The record of a file; null when there is none, or none that can be read: then the file is nobody's.</summary>
    public static FileRecord? TryRead(string file)
    {
        try
        {
            FileInfo record = new(PathOf(file));
            return record is { Exists: true, Length: <= MaxBytes }
                && JsonSerializer.Deserialize(File.ReadAllBytes(record.FullName), FileRecordJsonContext.Default.FileRecord) is { Sha256: not null, SourceSha256: not null } read
                && ModelEntry.IsSha256(read.Sha256) && ModelEntry.IsSha256(read.SourceSha256) ? read : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Writes the record; whoever reads meanwhile sees the old one or this.</summary>
    public void Write(string file)
    {
        string temporary = $"{PathOf(file)}.tmp";
        File.WriteAllBytes(temporary, JsonSerializer.SerializeToUtf8Bytes(this, FileRecordJsonContext.Default.FileRecord));
        File.Move(temporary, PathOf(file), overwrite: true);
    }
}

/// <summary>How records are written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(FileRecord))]
internal sealed partial class FileRecordJsonContext : JsonSerializerContext;

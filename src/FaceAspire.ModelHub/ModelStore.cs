using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using FaceAspire.Contracts.Errors;
using Microsoft.Extensions.Logging;

namespace FaceAspire.ModelHub;

/// <summary>Finds the files of models and vouches for them: a file is handed out only when its SHA-256 is the catalogue's.</summary>
/// <remarks>Folders in order: <c>MODELS_DIR</c>, <c>MODELS_CACHE</c>, <c>models</c> beside the program; never the working directory. Safe on many threads.</remarks>
public sealed partial class ModelStore
{
    private readonly ConcurrentDictionary<string, Lazy<string>> _hashes = new(StringComparer.Ordinal);
    private readonly string[] _folders;
    private readonly ILogger<ModelStore> _logger;

    /// <summary>Notes the folders; none of them needs to exist.</summary>
    public ModelStore(ModelHubOptions options, ILogger<ModelStore> logger)
    {
        string?[] folders = [options.ModelsDir, options.ModelsCache, Path.Combine(AppContext.BaseDirectory, "models")];
        _folders = [.. folders.Where(static folder => !string.IsNullOrEmpty(folder)).Select(static folder => Path.GetFullPath(folder!))];
        _logger = logger;
    }

    /// <summary>Whether a file of the right name and size is in one of the folders. Cheap; the hash is checked when the model is used.</summary>
    public bool IsPresent(ModelEntry entry) => Candidates(entry).Any(file => file.Length == entry.SizeBytes);

    /// <summary>The path of the model's file, verified.</summary>
    /// <exception cref="FaceAspireException"><see cref="ErrorCode.ModelUnavailable"/>: no folder has it, or every file of its name is another; says what to do.</exception>
    public string Require(ModelEntry entry)
    {
        bool refused = false;
        foreach (var file in Candidates(entry))
        {
            if (file.Length == entry.SizeBytes && HashOf(file) == entry.Sha256)
            {
                return file.FullName;
            }

            refused = true;
            LogRefused(entry.Name, file.FullName, entry.Sha256);
        }

        string found = refused ? "A file of that name is here, but its SHA-256 is another, so it was refused." : "They are not on this machine.";
        throw new FaceAspireException(
            ErrorCode.ModelUnavailable,
            string.Create(
                CultureInfo.InvariantCulture,
                $"The model '{entry.Name}' needs its weights. {found} Put {entry.File} ({entry.SizeBytes:N0} bytes, SHA-256 {entry.Sha256}, from {entry.Source}) into the folder that MODELS_DIR names."));
    }

    private IEnumerable<FileInfo> Candidates(ModelEntry entry) =>
        _folders.Select(folder => new FileInfo(Path.Combine(folder, entry.File))).Where(static file => file.Exists);

    /// <summary>Each file is read once, and again when it was replaced.</summary>
    private string HashOf(FileInfo file)
    {
        string key = string.Create(CultureInfo.InvariantCulture, $"{file.FullName}|{file.Length}|{file.LastWriteTimeUtc.Ticks}");
        try
        {
            return _hashes.GetOrAdd(key, _ => new(() => Hash(file.FullName))).Value;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _hashes.TryRemove(key, out _); // the next request tries again
            LogUnreadable(exception, file.FullName);
            return "";
        }
    }

    private static string Hash(string path)
    {
        using var stream = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Error, Message = "Model {Model}: {Path} refused, its SHA-256 is not {Expected}")]
    private partial void LogRefused(string model, string path, string expected);

    [LoggerMessage(EventId = 2, Level = LogLevel.Error, Message = "{Path} cannot be read")]
    private partial void LogUnreadable(Exception exception, string path);
}

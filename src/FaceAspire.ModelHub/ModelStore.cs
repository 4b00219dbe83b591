using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using FaceAspire.Contracts.Errors;
using Microsoft.Extensions.Logging;

namespace FaceAspire.ModelHub;

/// <summary>Finds the files of models and vouches for them: a file is handed out only when its SHA-256 is the catalogue's.</summary>
/// <remarks>Folders in order: <c>MODELS_DIR</c>, <c>MODELS_CACHE</c>, <c>models</c> beside the program, then the folders directly in them
/// (OpenCV's cascades come in one of their own); never the working directory. Safe on many threads.</remarks>
public sealed partial class ModelStore
{
    private const int MaxSubfolders = 64;

    private readonly ConcurrentDictionary<string, Lazy<string>> _hashes = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _logged = new(StringComparer.Ordinal);
    private readonly string[] _folders;
    private readonly ILogger<ModelStore> _logger;

    /// <summary>Notes the folders; none of them needs to exist.</summary>
    public ModelStore(ModelHubOptions options, ILogger<ModelStore> logger)
    {
        string?[] folders = [options.ModelsDir, options.ModelsCache, Path.Combine(AppContext.BaseDirectory, "models")];
        _folders = [.. folders.Where(static folder => !string.IsNullOrEmpty(folder)).Select(static folder => Path.GetFullPath(folder!))];
        _logger = logger;
    }

    /// <summary>Whether files of the right names and sizes are in the folders. Cheap; the hash is checked when the model is used.</summary>
    public bool IsPresent(ModelEntry entry) => entry.Files.All(wanted => Candidates(wanted).Any(file => file.Length == wanted.SizeBytes));

    /// <summary>The path of one of the model's files, verified.</summary>
    /// <param name="entry">The model.</param>
    /// <param name="part">Which of <see cref="ModelEntry.Files"/>.</param>
    /// <exception cref="FaceAspireException"><see cref="ErrorCode.ModelUnavailable"/>: no folder has it, or every file of its name is another; says what to do.</exception>
    public string Require(ModelEntry entry, int part = 0)
    {
        var wanted = entry.Files[part];
        string? firstProblem = null;
        foreach (var file in Candidates(wanted))
        {
            if (ProblemOf(entry, wanted, file) is not { } problem)
            {
                return file.FullName;
            }

            firstProblem ??= problem;
        }

        string found = firstProblem is null ? "They are not on this machine." : $"A file of that name is here, but {firstProblem}, so it was refused.";
        throw new FaceAspireException(
            ErrorCode.ModelUnavailable,
            string.Create(
                CultureInfo.InvariantCulture,
                $"The model '{entry.Name}' needs its weights. {found} Put {wanted.Name} ({wanted.SizeBytes:N0} bytes, SHA-256 {wanted.Sha256}, from {entry.Source}) into the folder that MODELS_DIR names."));
    }

    private IEnumerable<FileInfo> Candidates(ModelFile wanted) =>
        _folders.Concat(_folders.SelectMany(Subfolders)).Select(folder => new FileInfo(Path.Combine(folder, wanted.Name))).Where(static file => file.Exists);

    private static IEnumerable<string> Subfolders(string folder) => Directory.Exists(folder)
        ? Directory.EnumerateDirectories(folder, "*", new EnumerationOptions { IgnoreInaccessible = true }).Take(MaxSubfolders)
        : [];

    /// <summary>Why the file is not the model's, worded to follow "but"; null when it is. Each file is read once, and again when it was replaced.</summary>
    private string? ProblemOf(ModelEntry entry, ModelFile wanted, FileInfo file)
    {
        string key = string.Create(CultureInfo.InvariantCulture, $"{file.FullName}|{file.Length}|{file.LastWriteTimeUtc.Ticks}");
        if (file.Length != wanted.SizeBytes)
        {
            return Refuse(entry, wanted, file, key, string.Create(CultureInfo.InvariantCulture, $"it has {file.Length:N0} bytes"));
        }

        try
        {
            return _hashes.GetOrAdd(key, _ => new(() => Hash(file.FullName))).Value == wanted.Sha256 ? null : Refuse(entry, wanted, file, key, "its SHA-256 is another");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _hashes.TryRemove(key, out _); // the next request tries again
            return Refuse(entry, wanted, file, key, "it cannot be read", exception);
        }
    }

    /// <summary>Logs a refusal once for each file and problem: every request for the model comes this way.</summary>
    private string Refuse(ModelEntry entry, ModelFile wanted, FileInfo file, string key, string problem, Exception? cause = null)
    {
        if (_logged.TryAdd($"{key}|{problem}", true))
        {
            LogRefused(cause, entry.Name, file.FullName, problem, wanted.SizeBytes, wanted.Sha256);
        }

        return problem;
    }

    private static string Hash(string path)
    {
        using var stream = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Error, Message = "Model {Model}: {Path} refused, {Problem}; expected are {SizeBytes} bytes and SHA-256 {Sha256}")]
    private partial void LogRefused(Exception? cause, string model, string path, string problem, long sizeBytes, string sha256);
}

using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using FaceAspire.Contracts.Errors;
using FaceAspire.ModelHub.Conversion;
using FaceAspire.ModelHub.Provisioning;
using Microsoft.Extensions.Logging;

namespace FaceAspire.ModelHub;

/// <summary>Finds the files of models and vouches for them: a file is handed out only when its SHA-256 is the catalogue's, or when it was downloaded or converted here and is still
/// what it was then. A file of the user's own catalogue that names no hash is taken as it is, once.</summary>
/// <remarks>Folders in order: <c>MODELS_DIR</c>, <c>MODELS_CACHE</c>, <c>models</c> beside the program, then the folders directly in them
/// (OpenCV's cascades come in one of their own); never the working directory. Safe on many threads.</remarks>
public sealed partial class ModelStore
{
    private const int MaxSubfolders = 64;
    private const int VersionLength = 12;

    private readonly ConcurrentDictionary<string, Lazy<string>> _hashes = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _logged = new(StringComparer.Ordinal);

    // The weights that this process uses for a file without a hash of its own in the catalogue. Another file in its place would mix embeddings of two networks.
    private readonly ConcurrentDictionary<string, string> _inUse = new(StringComparer.Ordinal);
    private readonly string[] _folders;
    private readonly ILogger<ModelStore> _logger;
    private readonly Func<ModelEntry, FaceAspireException?>? _supply;

    /// <summary>Notes the folders; none of them needs to exist.</summary>
    public ModelStore(ModelHubOptions options, ILogger<ModelStore> logger)
        : this(options, logger, supply: null)
    {
    }

    /// <summary>Notes the folders, and whom to tell that a model is missing.</summary>
    /// <param name="options">The folders.</param>
    /// <param name="logger">Receives refusals.</param>
    /// <param name="supply">Brings a missing model in the background and says what to answer meanwhile; null when nobody can.</param>
    internal ModelStore(ModelHubOptions options, ILogger<ModelStore> logger, Func<ModelEntry, FaceAspireException?>? supply)
    {
        string?[] folders = [options.ModelsDir, options.ModelsCache, Path.Combine(AppContext.BaseDirectory, "models")];
        _folders = [.. folders.Where(static folder => !string.IsNullOrEmpty(folder)).Select(static folder => Path.GetFullPath(folder!))];
        _logger = logger;
        _supply = supply;
    }

    /// <summary>Where files are looked for, in this order, whether or not the folders exist.</summary>
    public IReadOnlyList<string> Folders => _folders;

    /// <summary>Whether files of the right names and sizes are in the folders. Cheap; the hash is checked when the model is used.</summary>
    public bool IsPresent(ModelEntry entry) => entry.Files.All(IsPresent);

    /// <summary>The same for one file.</summary>
    public bool IsPresent(ModelFile wanted) => Candidates(wanted).Any(file => RecordOf(wanted, file) is not null || (!NeedsRecord(wanted) && SizeProblemOf(wanted, file, record: null) is null));

    /// <summary>The path of one of the model's files, verified.</summary>
    /// <param name="entry">The model.</param>
    /// <param name="part">Which of <see cref="ModelEntry.Files"/>.</param>
    /// <exception cref="FaceAspireException"><see cref="ErrorCode.ModelUnavailable"/>: no folder has it, or every file of its name is another; says what to do.</exception>
    public string Require(ModelEntry entry, int part = 0)
    {
        var wanted = entry.Files[part];
        if (TryFind(entry, wanted, out string? problem) is not { } found)
        {
            throw Missing(entry, wanted, problem);
        }

        return _inUse.GetOrAdd(wanted.Key, found.SourceSha256) == found.SourceSha256
            ? found.Path
            : throw new FaceAspireException(ErrorCode.ModelUnavailable, $"The weights of the model '{entry.Name}' were replaced while the service runs; it takes the new ones when it is started again.");
    }

    /// <summary>The version of a model's weights: the first 12 digits of the SHA-256 of the file, or of the upstream file from which it was converted. Embeddings of different versions
    /// must not be compared. Stays the same while the process runs.</summary>
    /// <exception cref="FaceAspireException"><see cref="ErrorCode.ModelUnavailable"/>: nobody published the hash, and the file is not here.</exception>
    public string VersionOf(ModelEntry entry)
    {
        var file = entry.Files[0];
        if (TryVersionOf(entry) is { } known)
        {
            return known;
        }

        TryFind(entry, file, out string? problem);
        throw Missing(entry, file, problem);
    }

    /// <summary>The same; null where it is not known.</summary>
    public string? TryVersionOf(ModelEntry entry) => IdentityOf(entry)?[..VersionLength];

    /// <summary>SHA-256 of the weights behind one of the model's files: the catalogue's, else of what is here; null where neither is known. It tells weights apart, whatever file they are in.</summary>
    /// <param name="entry">The model.</param>
    /// <param name="part">Which of <see cref="ModelEntry.Files"/>.</param>
    public string? IdentityOf(ModelEntry entry, int part = 0)
    {
        var file = entry.Files[part];
        return file.KnownSha256 is { } known && !file.TakesUnpublished ? known
            : _inUse.TryGetValue(file.Key, out string? used) ? used
            : TryFind(entry, file, out _) is { } found ? _inUse.GetOrAdd(file.Key, found.SourceSha256)
            : file.KnownSha256;
    }

    /// <summary>Whether one of the model's files is here, verified.</summary>
    internal bool IsUsable(ModelEntry entry, ModelFile file) => TryFind(entry, file, out _) is not null;

    /// <summary>The paths of all files of that name, verified or not.</summary>
    public IEnumerable<string> PathsOf(ModelFile file) => Candidates(file).Select(static candidate => candidate.FullName);

    /// <summary>SHA-256 of a file, read once and again when it was replaced.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    internal string HashOf(FileInfo file)
    {
        string key = KeyOf(file);
        try
        {
            return _hashes.GetOrAdd(key, _ => new(() => Hash(file.FullName))).Value;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _hashes.TryRemove(key, out _); // the next request tries again
            throw;
        }
    }

    private static string KeyOf(FileInfo file)
    {
        var content = ContentOf(file);
        return string.Create(CultureInfo.InvariantCulture, $"{content.FullName}|{content.Length}|{content.LastWriteTimeUtc.Ticks}");
    }

    /// <summary>The file that a link leads to, as volumes of Kubernetes and caches of downloads have them; else the file itself.</summary>
    private static FileInfo ContentOf(FileInfo file)
    {
        try
        {
            return file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? file;
        }
        catch (IOException)
        {
            return file; // links in a circle, which nobody can read
        }
    }

    private static string Hash(string path)
    {
        using var stream = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    private static IEnumerable<string> Subfolders(string folder) => Directory.Exists(folder)
        ? Directory.EnumerateDirectories(folder, "*", new EnumerationOptions { IgnoreInaccessible = true }).Take(MaxSubfolders)
        : [];

    /// <summary>The record of a file that came from the catalogue's origin through the present converter; else null.</summary>
    private static FileRecord? RecordOf(ModelFile wanted, FileInfo file) =>
        wanted.Origin is { } origin
        && FileRecord.TryRead(file.FullName) is { } record
        && record.Architecture == origin.Architecture
        && (record.Architecture is null || record.ConverterVersion == ModelConverter.Version)
        && (wanted.KnownSha256 is not { } known || wanted.Sha256 is not null || record.SourceSha256 == known)
        && (origin is not { Unpack: Unpacking.None, Sha256: { } published } || record.SourceSha256 == published)
            ? record
            : null;

    /// <summary>Whether only what we noted when we made the file can vouch for it.</summary>
    private static bool NeedsRecord(ModelFile wanted) => wanted is { Sha256: null, Origin: not null };

    private static string? SizeProblemOf(ModelFile wanted, FileInfo file, FileRecord? record) =>
        record is null && wanted.SizeBytes is { } size && ContentOf(file).Length is var length && length != size
            ? string.Create(CultureInfo.InvariantCulture, $"it has {length:N0} bytes")
            : null;

    private FaceAspireException Missing(ModelEntry entry, ModelFile wanted, string? problem)
    {
        if (_supply?.Invoke(entry) is { } answer)
        {
            return answer;
        }

        string found = problem is null ? "They are not on this machine." : $"A file of that name is here, but {problem}, so it was refused.";
        string what = wanted is { SizeBytes: { } size, Sha256: { } hash }
            ? string.Create(CultureInfo.InvariantCulture, $"{wanted.Name} ({size:N0} bytes, SHA-256 {hash}, from {entry.Source})")
            : $"{wanted.Name} (from {entry.Source})";
        string pull = entry.Files.All(static file => file.Origin is not null) ? $"Run 'faceaspire models pull {entry.Name}', or put" : "Put";
        return new(ErrorCode.ModelUnavailable, $"The model '{entry.Name}' needs its weights. {found} {pull} {what} into the folder that MODELS_DIR names.");
    }

    private IEnumerable<FileInfo> Candidates(ModelFile wanted) =>
        _folders.Concat(_folders.SelectMany(Subfolders)).Select(folder => new FileInfo(Path.Combine(folder, wanted.Name))).Where(static file => file.Exists && ContentOf(file).Exists);

    /// <summary>The first acceptable file, and what tells its weights apart.</summary>
    private (string Path, string SourceSha256)? TryFind(ModelEntry entry, ModelFile wanted, out string? firstProblem)
    {
        firstProblem = null;
        foreach (var file in Candidates(wanted))
        {
            if (ProblemOf(entry, wanted, file, out string? source) is not { } problem)
            {
                return (file.FullName, source!);
            }

            firstProblem ??= problem;
        }

        return null;
    }

    /// <summary>Why the file is not the model's, worded to follow "but"; null when it is.</summary>
    /// <param name="entry">The model.</param>
    /// <param name="wanted">What the catalogue says of the file.</param>
    /// <param name="file">The file.</param>
    /// <param name="source">What tells its weights apart.</param>
    private string? ProblemOf(ModelEntry entry, ModelFile wanted, FileInfo file, out string? source)
    {
        source = null;
        var record = RecordOf(wanted, file);
        if (SizeProblemOf(wanted, file, record) is { } size)
        {
            return Refuse(entry, wanted, file, size);
        }

        if (NeedsRecord(wanted) && record is null)
        {
            return Refuse(entry, wanted, file, FileRecord.TryRead(file.FullName) is null ? "it was neither downloaded nor converted here" : "it was made by another converter or of another file");
        }

        try
        {
            string hash = HashOf(file);
            if (wanted.Sha256 is null ? record is null || hash == record.Sha256 : hash == wanted.Sha256 || (record?.Architecture is not null && hash == record.Sha256))
            {
                // The same weights have one version, whether they are in the catalogue's file or in one converted from what its authors published.
                source = hash == wanted.Sha256 || !wanted.TakesUnpublished ? wanted.Sha256 ?? record?.SourceSha256 ?? hash : record!.SourceSha256;
                return null;
            }

            return Refuse(entry, wanted, file, "its SHA-256 is another");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return Refuse(entry, wanted, file, "it cannot be read", exception);
        }
    }

    /// <summary>Logs a refusal once for each file and problem: every request for the model comes this way.</summary>
    private string Refuse(ModelEntry entry, ModelFile wanted, FileInfo file, string problem, Exception? cause = null)
    {
        if (_logged.TryAdd($"{KeyOf(file)}|{problem}", true))
        {
            LogRefused(cause, entry.Name, file.FullName, problem, wanted.SizeBytes, wanted.Sha256);
        }

        return problem;
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Error, Message = "Model {Model}: {Path} refused, {Problem}; expected are {SizeBytes} bytes and SHA-256 {Sha256}")]
    private partial void LogRefused(Exception? cause, string model, string path, string problem, long? sizeBytes, string? sha256);
}

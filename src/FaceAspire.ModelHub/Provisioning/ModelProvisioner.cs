using System.Collections.Concurrent;
using System.Security.Cryptography;
using FaceAspire.ModelHub.Conversion;
using FaceAspire.ModelHub.Downloads;

namespace FaceAspire.ModelHub.Provisioning;

/// <summary>Brings the files of models into the cache: downloads, unpacks, converts, tries them out. One at a time for each file, in this process and among all.</summary>
public sealed class ModelProvisioner : IDisposable
{
    private const string NetworkExtension = ".onnx";

    private readonly ConcurrentDictionary<string, SemaphoreSlim> _turns = new(StringComparer.Ordinal);
    private readonly ModelStore _store;
    private readonly ModelDownloader _downloader;
    private readonly LicenceRecord _licences;
    private readonly DownloadLimits _limits;
    private readonly TimeProvider _time;
    private readonly string? _cache;
    private readonly bool _isOffline;

    /// <summary>Prepares bringing.</summary>
    /// <param name="options">The cache and the mirror.</param>
    /// <param name="store">Knows what is here.</param>
    /// <param name="time">The clock.</param>
    /// <param name="isOffline">Whether nothing may be fetched but from a folder.</param>
    public ModelProvisioner(ModelHubOptions options, ModelStore store, TimeProvider time, bool isOffline = false)
        : this(options, store, time, isOffline, new())
    {
    }

    internal ModelProvisioner(ModelHubOptions options, ModelStore store, TimeProvider time, bool isOffline, DownloadLimits limits, Func<string, long, Stream>? open = null)
    {
        (_store, _time, _limits) = (store, time, limits);
        _cache = string.IsNullOrEmpty(options.ModelsCache) ? null : Path.GetFullPath(options.ModelsCache);
        _isOffline = isOffline && !Directory.Exists(options.ModelsMirror);
        _licences = new(_cache);
        _downloader = new(options.ModelsMirror, limits, time, open);
    }

    /// <summary>Whether the catalogue says where everything that is missing can be fetched, and this version can build it.</summary>
    public bool CanBring(ModelEntry entry) => entry.Files.All(file => file.Origin is { } origin
        ? origin.Architecture is not { } architecture || ModelConverter.Architectures.Contains(architecture)
        : _store.IsPresent(file));

    /// <summary>Whether the weights may be fetched: their terms allow commercial use, or were accepted.</summary>
    public bool IsAccepted(ModelEntry entry) => _licences.Allows(entry);

    /// <summary>Remembers in the cache that terms which forbid commercial use were accepted.</summary>
    /// <exception cref="DownloadException">The cache cannot be written.</exception>
    public void Accept(ModelEntry entry)
    {
        try
        {
            _licences.Accept(entry);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new DownloadException("The cache of models cannot be written, so the acceptance cannot be remembered.", exception);
        }
    }

    /// <summary>Brings everything of a model that is not here.</summary>
    /// <param name="entry">The model.</param>
    /// <param name="progress">Hears how far it is.</param>
    /// <param name="cancellationToken">Stops; what is here is kept.</param>
    /// <exception cref="DownloadException">A file cannot be brought, or its terms were not accepted.</exception>
    public async Task BringAsync(ModelEntry entry, IProgress<ProvisioningProgress>? progress, CancellationToken cancellationToken)
    {
        foreach (var file in entry.Files)
        {
            await OnceAsync(file, entry, () => FetchAsync(entry, file, progress, cancellationToken), cancellationToken);
        }
    }

    /// <summary>Takes a file that somebody brought: the model's own, or the upstream file, which is converted.</summary>
    /// <param name="entry">The model.</param>
    /// <param name="path">The file; stays where it is.</param>
    /// <param name="progress">Hears how far it is.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>Name of the model's file that it became.</returns>
    /// <exception cref="DownloadException">It is not the model's, or cannot be taken.</exception>
    public async Task<string> ImportAsync(ModelEntry entry, string path, IProgress<ProvisioningProgress>? progress, CancellationToken cancellationToken)
    {
        try
        {
            string hash;
            await using (var stream = File.OpenRead(path))
            {
                hash = Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellationToken));
            }

            var file = Matching(entry, Path.GetFileName(path), hash);
            using var turn = await TurnAsync(file, cancellationToken);
            await Task.Run(() => Take(entry, file, path, hash, progress, cancellationToken), cancellationToken);
            return file.Name;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new DownloadException($"{Path.GetFileName(path)} cannot be imported as {entry.Name}: {Describe(exception)}", exception);
        }
    }

    /// <summary>Deletes the files of a model, and what is left of their downloads, from the cache.</summary>
    /// <param name="entry">The model.</param>
    /// <param name="catalog">Knows the other models, whose files stay.</param>
    /// <returns>Names of what was deleted.</returns>
    public IReadOnlyList<string> Remove(ModelEntry entry, ModelCatalog catalog)
    {
        var shared = catalog.Entries.Where(other => other != entry).SelectMany(static other => other.Files).Select(static file => file.Name).ToHashSet(StringComparer.Ordinal);
        List<string> deleted = [];
        foreach (var file in entry.Files.Where(file => _cache is not null && !shared.Contains(file.Name)))
        {
            string path = Path.Combine(_cache!, file.Name);
            foreach (string one in (ReadOnlySpan<string>)[path, FileRecord.PathOf(path), Downloaded(path), $"{Downloaded(path)}.part", $"{Downloaded(path)}.part.tag", LockOf(path)])
            {
                if (File.Exists(one))
                {
                    File.Delete(one);
                    deleted.Add(Path.GetFileName(one));
                }
            }
        }

        return deleted;
    }

    /// <inheritdoc/>
    public void Dispose() => _downloader.Dispose();

    private static string Downloaded(string path) => $"{path}.download";

    private static string LockOf(string path) => $"{path}.lock";

    private static string Describe(Exception exception) => exception switch
    {
        InvalidDataException or ArgumentException => exception.Message,
        FileNotFoundException or DirectoryNotFoundException => "it is not there.",
        UnauthorizedAccessException => "a folder or file may not be written or read.",
        _ => "a file cannot be read or written.",
    };

    /// <summary>Which of a model's files somebody brought: by its hash, else by its name, else the only one.</summary>
    private static ModelFile Matching(ModelEntry entry, string name, string hash) =>
        entry.Files.FirstOrDefault(file => file.Sha256 == hash || file.Origin?.Sha256 == hash)
        ?? entry.Files.FirstOrDefault(file => file.Name == name || file.Origin?.File == name)
        ?? (entry.Files.Count == 1
            ? entry.Files[0]
            : throw new InvalidDataException($"it is none of the model's files, by its hash or name: {string.Join(", ", entry.Files.Select(static file => file.Origin?.File ?? file.Name))}."));

    private async Task OnceAsync(ModelFile file, ModelEntry entry, Func<Task> bring, CancellationToken cancellationToken)
    {
        if (await Task.Run(() => _store.IsUsable(entry, file), cancellationToken))
        {
            return;
        }

        try
        {
            if (file.Origin is null)
            {
                throw new DownloadException($"The catalogue does not say where {file.Name} can be fetched; it comes from {entry.Source}. Bring it by 'faceaspire models import FILE --as {entry.Name}'.");
            }

            if (!IsAccepted(entry))
            {
                throw new DownloadException($"The terms of '{entry.Name}' do not allow commercial use ({entry.Licence}) and were not accepted: 'faceaspire models pull {entry.Name} --accept-licence'.");
            }

            if (_isOffline)
            {
                throw new DownloadException($"{file.Name} is not on this machine, and nothing may be fetched.");
            }

            using var turn = await TurnAsync(file, cancellationToken);
            if (!await Task.Run(() => _store.IsUsable(entry, file), cancellationToken)) // whoever had the turn before may have brought it
            {
                await bring();
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new DownloadException($"{file.Name}: {Describe(exception)}", exception);
        }
    }

    private async Task<IDisposable> TurnAsync(ModelFile file, CancellationToken cancellationToken)
    {
        string cache = _cache ?? throw new DownloadException("There is no folder for models: name one in MODELS_CACHE.");
        var turn = _turns.GetOrAdd(file.Name, static _ => new(1, 1));
        if (!await turn.WaitAsync(_limits.Lock, cancellationToken))
        {
            throw new DownloadException($"{file.Name} has been on its way for too long.");
        }

        try
        {
            Directory.CreateDirectory(cache);
            return new Turn(turn, await FileLock.TakeAsync(LockOf(Path.Combine(cache, file.Name)), _limits.Lock, _time, cancellationToken));
        }
        catch
        {
            turn.Release();
            throw;
        }
    }

    private async Task FetchAsync(ModelEntry entry, ModelFile file, IProgress<ProvisioningProgress>? progress, CancellationToken cancellationToken)
    {
        string path = Path.Combine(_cache!, file.Name);
        string downloaded = Downloaded(path);
        var told = progress is null ? null : new Relay(progress);
        string hash = await _downloader.FetchAsync(file.Origin!, downloaded, told, cancellationToken);
        try
        {
            await Task.Run(() => Take(entry, file, downloaded, hash, progress, cancellationToken), cancellationToken);
        }
        finally
        {
            File.Delete(downloaded);
        }
    }

    /// <summary>Makes the model's file out of the upstream file, and gives it its name when it has proved itself.</summary>
    private void Take(ModelEntry entry, ModelFile file, string source, string hash, IProgress<ProvisioningProgress>? progress, CancellationToken cancellationToken)
    {
        string path = Path.Combine(_cache!, file.Name);
        string unpacked = $"{path}.unpacked";
        string temporary = $"{path}.tmp";
        string outline = $"{path}.outline";
        progress?.Report(new(ProvisioningStage.Converting, file.Name, 0, null, 0));
        try
        {
            var origin = file.Origin;
            bool isOwn = hash == file.Sha256;
            if (!isOwn && origin?.Sha256 is { } published && hash != published && (origin.Unpack == Unpacking.None || IsArchive(source)))
            {
                throw new InvalidDataException($"Its SHA-256 is {hash}, expected is {published}.");
            }

            if (!isOwn && origin is { Unpack: not Unpacking.None } && IsArchive(source))
            {
                hash = Unpacker.Unpack(source, origin.Unpack, unpacked, cancellationToken);
                source = unpacked;
                isOwn = hash == file.Sha256;
            }

            string own = hash;
            string? architecture = isOwn ? null : origin?.Architecture;
            if (architecture is not null)
            {
                own = Converted(architecture, source, temporary, outline, cancellationToken);
            }
            else
            {
                File.Copy(source, temporary, overwrite: true);
            }

            if (file.Sha256 is { } expected && own != expected && architecture is null)
            {
                throw new InvalidDataException($"Its SHA-256 is {own}, expected is {expected}.");
            }

            if (file.Name.EndsWith(NetworkExtension, StringComparison.OrdinalIgnoreCase))
            {
                NetworkTrial.Run(architecture is null ? temporary : outline, entry);
            }

            // The record first: a file without one would be nobody's after a crash between the two.
            if (own != file.Sha256 && origin is not null)
            {
                new FileRecord(origin.File, hash, own, architecture, architecture is null ? 0 : ModelConverter.Version).Write(path);
            }
            else
            {
                File.Delete(FileRecord.PathOf(path));
            }

            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(unpacked);
            File.Delete(temporary);
            File.Delete(outline);
        }
    }

    private static string Converted(string architecture, string source, string target, string outline, CancellationToken cancellationToken)
    {
        if (!ModelConverter.Architectures.Contains(architecture))
        {
            throw new InvalidDataException($"This version cannot build the network '{architecture}'.");
        }

        using FileStream output = new(target, FileMode.Create, FileAccess.ReadWrite, FileShare.None);
        ModelConverter.Convert(architecture, source, output, outline, cancellationToken);
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true); // the largest tensor of VGG-Face has 411 MB, and the trial comes next
        output.Flush(flushToDisk: true);
        output.Position = 0;
        return Convert.ToHexStringLower(SHA256.HashData(output));
    }

    private static bool IsArchive(string path)
    {
        using var stream = File.OpenRead(path);
        Span<byte> start = stackalloc byte[4];
        int read = stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        return read == start.Length && (start.SequenceEqual("PK\u0003\u0004"u8) || start[..3].SequenceEqual("BZh"u8));
    }

    private sealed class Relay(IProgress<ProvisioningProgress> progress) : IProgress<DownloadProgress>
    {
        public void Report(DownloadProgress value) => progress.Report(new(ProvisioningStage.Downloading, value.File, value.Bytes, value.TotalBytes, value.BytesPerSecond));
    }

    private sealed class Turn(SemaphoreSlim turn, IDisposable fileLock) : IDisposable
    {
        public void Dispose()
        {
            fileLock.Dispose();
            turn.Release();
        }
    }
}

using System.Buffers.Binary;
using FaceAspire.Gallery.Folders;
using FaceAspire.Gallery.Reading;
using FaceAspire.Gallery.Sqlite;
using FaceAspire.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace FaceAspire.Gallery.Tests.Folders;

/// <summary>A folder of pictures and a store, of a test's own, that go with it.</summary>
internal sealed class FolderWorld : IDisposable
{
    public const string Gallery = "default";
    private const int MaxImageBytes = 2_000_000;

    private readonly string _data = Directory.CreateTempSubdirectory("faceaspire-data-").FullName;
    private readonly ReadingModels _models;
    private FolderSync _sync;

    public FolderWorld(ReadingModels models)
    {
        _models = models;
        Root = Directory.CreateTempSubdirectory("faceaspire-faces-").FullName;
        Store = Open();
        _sync = NewSync();
    }

    /// <summary>The folder of pictures.</summary>
    public string Root { get; }

    public SqliteFaceGallery Store { get; private set; }

    /// <summary>The drawn face of a sample.</summary>
    public static byte[] Sample(string name) => File.ReadAllBytes(Path.Combine(SharedMaterial.RepositoryRoot, "samples", $"{name}.jpg"));

    /// <summary>A bitmap of 8 × 8 random pixels, for the detector <c>skip</c>: cheap, and unlike every other.</summary>
    public static byte[] Noise(int seed)
    {
        byte[] file = new byte[54 + (8 * 8 * 3)];
        new Random(seed).NextBytes(file.AsSpan(54));
        "BM"u8.CopyTo(file);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(2), file.Length);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(10), 54);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(14), 40);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(18), 8);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(22), 8);
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(26), 1);
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(28), 24);
        return file;
    }

    /// <summary>Path of a file of the folder.</summary>
    public string At(string path) => Path.Combine(Root, path);

    /// <summary>Writes a file into the folder.</summary>
    public void Put(string path, byte[] bytes)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(path))!);
        File.WriteAllBytes(At(path), bytes);
    }

    /// <summary>Renames or moves a file within the folder.</summary>
    public void Move(string from, string to)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(to))!);
        File.Move(At(from), At(to));
    }

    /// <summary>Runs the sync; fails the test unless it ends without an error.</summary>
    /// <returns>How it ended, and how many pictures went through the models.</returns>
    public async Task<(FolderSyncProgress Result, int Pictures)> SyncAsync(RecognitionPlan? plan = null)
    {
        int before = _models.Pictures;
        var result = await RunAsync(plan);
        result.Error.ShouldBeNull();
        result.IsRunning.ShouldBeFalse();
        return (result, _models.Pictures - before);
    }

    /// <summary>Runs the sync, however it ends.</summary>
    public Task<FolderSyncProgress> RunAsync(RecognitionPlan? plan = null, CancellationToken? cancellationToken = null, IProgress<FolderSyncProgress>? progress = null) =>
        _sync.RunAsync(Gallery, Root, plan ?? _models.Plan(detector: "skip"), progress, cancellationToken ?? TestContext.Current.CancellationToken);

    /// <summary>Closes the store and opens it again, as another process would.</summary>
    public void Restart()
    {
        Store.Dispose();
        Store = Open();
        _sync = NewSync();
    }

    /// <summary>The faces as <c>subject path</c>, in order.</summary>
    public async Task<string[]> FacesAsync() =>
        [.. (await ListAsync()).Select(static face => $"{face.Subject} {face.Source ?? "-"}").Order(StringComparer.Ordinal)];

    public Task<IReadOnlyList<EnrolledFace>> ListAsync() => Store.ListFacesAsync(Gallery, subject: null, after: 0, limit: 100_000, TestContext.Current.CancellationToken);

    /// <summary>The files that have a problem, and which.</summary>
    public async Task<Dictionary<string, string>> ProblemsAsync()
    {
        Dictionary<string, string> problems = [];
        await foreach (var file in Store.ListFilesAsync(Gallery, TestContext.Current.CancellationToken))
        {
            if (file.Problem is { } problem)
            {
                problems[file.Path] = problem;
            }
        }

        return problems;
    }

    public void Dispose()
    {
        Store.Dispose();
        foreach (string folder in (string[])[_data, Root])
        {
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }

    private SqliteFaceGallery Open() => SqliteFaceGallery.Open(_data, NullLogger<SqliteFaceGallery>.Instance, TimeProvider.System);

    private FolderSync NewSync() => new(Store, _models.Reader, MaxImageBytes, TimeProvider.System);
}

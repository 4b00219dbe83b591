using System.Security.Cryptography;
using FaceAspire.Contracts.Errors;
using FaceAspire.Contracts.Models;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace FaceAspire.ModelHub.Tests;

public sealed class ModelStoreTests : IDisposable
{
    private static readonly byte[] _weights = "these are the weights"u8.ToArray();
    private static readonly ModelEntry _entry = new()
    {
        Name = "tiny",
        Task = ModelTask.Recognition,
        Description = "A test's model.",
        File = "store-test.onnx",
        Sha256 = Convert.ToHexStringLower(SHA256.HashData(_weights)),
        SizeBytes = _weights.Length,
        Licence = "MIT",
        Source = "example.org/tiny.onnx",
        Input = new(8, 8, ColorOrder.Rgb, [0, 0, 0], 1),
        Decoder = "embedding",
    };

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("faceaspire-store-");

    private string First => _folder.CreateSubdirectory("first").FullName;

    private string Second => _folder.CreateSubdirectory("second").FullName;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Require_BothFoldersHaveIt_TakesModelsDirFirst()
    {
        Write(First, _weights);
        Write(Second, _weights);

        Store().Require(_entry).ShouldBe(Path.Combine(First, _entry.File));
    }

    [Fact]
    public void Require_OnlyTheCacheHasIt_TakesThat()
    {
        Write(Second, _weights);

        Store().IsPresent(_entry).ShouldBeTrue();
        Store().Require(_entry).ShouldBe(Path.Combine(Second, _entry.File));
    }

    [Fact]
    public void Require_Links_AreFollowedWhereTheyLeadToTheWeights()
    {
        string target = Path.Combine(_folder.FullName, "blob");
        File.WriteAllBytes(target, _weights);
        File.CreateSymbolicLink(Path.Combine(First, _entry.File), Path.Combine(_folder.FullName, "nowhere"));
        File.CreateSymbolicLink(Path.Combine(Second, _entry.File), target);
        string inner = Directory.CreateDirectory(Path.Combine(First, "inner")).FullName;
        File.CreateSymbolicLink(Path.Combine(inner, _entry.File), Path.Combine(inner, _entry.File));

        Store().IsPresent(_entry).ShouldBeTrue();
        Store().Require(_entry).ShouldBe(Path.Combine(Second, _entry.File));
    }

    [Fact]
    public void Require_LinkToOtherBytes_IsRefused()
    {
        string target = Path.Combine(_folder.FullName, "blob");
        File.WriteAllBytes(target, [.. _weights, 0]);
        File.CreateSymbolicLink(Path.Combine(First, _entry.File), target);

        Store().IsPresent(_entry).ShouldBeFalse();
        Should.Throw<FaceAspireException>(() => Store().Require(_entry)).Message.ShouldContain($"it has {_weights.Length + 1} bytes");
    }

    [Fact]
    public void Require_FolderInModelsDirHasIt_TakesThatAfterAllFolders()
    {
        string inner = Directory.CreateDirectory(Path.Combine(First, "inner")).FullName;
        Write(inner, _weights);
        var store = Store();

        store.IsPresent(_entry).ShouldBeTrue();
        store.Require(_entry).ShouldBe(Path.Combine(inner, _entry.File));

        Write(Second, _weights);
        store.Require(_entry).ShouldBe(Path.Combine(Second, _entry.File));
    }

    [Fact]
    public void Require_WrongFileBeforeTheRightOne_PassesItOver()
    {
        Write(First, "these are not the same"u8[..21].ToArray());
        Write(Second, _weights);

        Store().Require(_entry).ShouldBe(Path.Combine(Second, _entry.File));
    }

    [Fact]
    public void Require_Missing_SaysWhatToDo()
    {
        var store = Store();

        store.IsPresent(_entry).ShouldBeFalse();
        var failure = Should.Throw<FaceAspireException>(() => store.Require(_entry));
        failure.Code.ShouldBe(ErrorCode.ModelUnavailable);
        failure.Message.ShouldContain("'tiny'");
        failure.Message.ShouldContain("not on this machine");
        failure.Message.ShouldContain("store-test.onnx (21 bytes, SHA-256 " + _entry.Sha256);
        failure.Message.ShouldContain("example.org/tiny.onnx");
        failure.Message.ShouldContain("MODELS_DIR");
        failure.Message.ShouldNotContain(_folder.FullName);
    }

    [Theory]
    [InlineData("these are not weights", "but its SHA-256 is another")]
    [InlineData("cut", "but it has 3 bytes")]
    [InlineData("", "but it has 0 bytes")]
    public void Require_AnotherFileOfThatName_IsRefusedWithTheReason(string content, string reason)
    {
        Write(First, System.Text.Encoding.ASCII.GetBytes(content));

        Should.Throw<FaceAspireException>(() => Store().Require(_entry)).Message.ShouldContain(reason);
    }

    [Fact]
    public void Require_FileThatCannotBeRead_SaysSoAndIsReadLater()
    {
        Write(First, _weights);
        var store = Store();

        using (File.Open(Path.Combine(First, _entry.File), FileMode.Open, FileAccess.Read, FileShare.None))
        {
            Should.Throw<FaceAspireException>(() => store.Require(_entry)).Message.ShouldContain("but it cannot be read");
        }

        store.Require(_entry).ShouldEndWith(_entry.File);
    }

    [Fact]
    public void Require_RefusedFile_IsLoggedOnceUntilItIsReplaced()
    {
        var logger = new ListLogger();
        var store = new ModelStore(new() { ModelsDir = First, ModelsCache = Second }, logger);
        string path = Path.Combine(First, _entry.File);
        Write(First, "these are not weights"u8.ToArray());

        for (int request = 0; request < 3; request++)
        {
            Should.Throw<FaceAspireException>(() => store.Require(_entry));
        }

        logger.Messages.ShouldHaveSingleItem().ShouldStartWith($"Model tiny: {path} refused, its SHA-256 is another");

        File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddSeconds(5));
        Should.Throw<FaceAspireException>(() => store.Require(_entry));
        logger.Messages.Count.ShouldBe(2);
    }

    [Fact]
    public void Require_FileReplaced_IsCheckedAgain()
    {
        var store = Store();
        Write(First, _weights);
        store.Require(_entry);

        Write(First, "these are not weights"u8.ToArray());
        File.SetLastWriteTimeUtc(Path.Combine(First, _entry.File), DateTime.UtcNow.AddSeconds(5));

        Should.Throw<FaceAspireException>(() => store.Require(_entry)).Code.ShouldBe(ErrorCode.ModelUnavailable);
    }

    [Fact]
    public void Require_FilePutInPlaceLater_IsFound()
    {
        var store = Store();
        Should.Throw<FaceAspireException>(() => store.Require(_entry));

        Write(Second, _weights);

        store.Require(_entry).ShouldEndWith(_entry.File);
    }

    [Fact]
    public void Require_FolderOfThatName_IsNoFile()
    {
        Directory.CreateDirectory(Path.Combine(First, _entry.File));

        Should.Throw<FaceAspireException>(() => Store().Require(_entry)).Message.ShouldContain("not on this machine");
    }

    [Fact]
    public void Require_ManyThreads_AgreeOnThePath()
    {
        Write(First, _weights);
        var store = Store();

        var paths = Enumerable.Range(0, 64).AsParallel().WithDegreeOfParallelism(8).Select(_ => store.Require(_entry)).ToList();

        paths.Distinct().ShouldHaveSingleItem();
    }

    [Fact]
    public void IsPresent_FileOfAnotherSize_DoesNotCount()
    {
        Write(First, [.. _weights, 0]);

        Store().IsPresent(_entry).ShouldBeFalse();
    }

    [Fact]
    public void ModelStore_FoldersThatDoNotExistOrAreNotSet_AreNoError() =>
        new ModelStore(new() { ModelsDir = null, ModelsCache = Path.Combine(_folder.FullName, "absent") }, NullLogger<ModelStore>.Instance).IsPresent(_entry).ShouldBeFalse();

    [Theory]
    [InlineData("a/b.onnx")]
    [InlineData("..")]
    [InlineData("")]
    [InlineData("name with space")]
    public void ModelEntry_FileThatLeavesItsFolder_IsRefused(string file) => Should.Throw<ArgumentException>(() => _entry with { File = file });

    private ModelStore Store() => new(new() { ModelsDir = First, ModelsCache = Second }, NullLogger<ModelStore>.Instance);

    private sealed class ListLogger : ILogger<ModelStore>
    {
        public List<string> Messages { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Messages.Add(formatter(state, exception));
    }

    private static void Write(string folder, byte[] content) => File.WriteAllBytes(Path.Combine(folder, _entry.File), content);
}

using System.Security.Cryptography;
using FaceAspire.ModelHub.Downloads;
using FaceAspire.Testing;

namespace FaceAspire.ModelHub.Tests.Downloads;

public sealed class ModelDownloaderTests : IAsyncLifetime
{
    private const int Size = 600_000;

    private static readonly DownloadLimits _limits = new() { Stall = TimeSpan.FromSeconds(5), Connect = TimeSpan.FromSeconds(2), Attempts = 2 };

    private readonly string _folder = Directory.CreateTempSubdirectory("faceaspire-download-").FullName;
    private FileServer _server = null!;

    private string Target => Path.Combine(_folder, "file.onnx");

    private string Hash => Convert.ToHexStringLower(SHA256.HashData(_server.Content));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = await FileServer.StartAsync();
        _server.Content = new byte[Size];
        new Random(1).NextBytes(_server.Content);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Fetch_Whole_IsTheFileWithItsHashAndNothingElse()
    {
        List<DownloadProgress> told = [];

        (await FetchAsync(Origin(), progress: new Told(told))).ShouldBe(Hash);

        File.ReadAllBytes(Target).ShouldBe(_server.Content);
        Directory.GetFiles(_folder).ShouldBe([Target]);
        told[^1].Bytes.ShouldBe(Size);
        told[^1].TotalBytes.ShouldBe(Size);
    }

    [Fact]
    public async Task Fetch_Cut_GoesOnWhereItEnded()
    {
        _server.CutAfter = 200_000;

        (await FetchAsync(Origin())).ShouldBe(Hash);

        File.ReadAllBytes(Target).ShouldBe(_server.Content);
        _server.Starts.Count.ShouldBe(2);
        _server.Starts[1].ShouldBeInRange(1, 200_000);
    }

    [Fact]
    public async Task Fetch_PartOfAnEarlierProcess_IsTakenUp()
    {
        File.WriteAllBytes($"{Target}.part", _server.Content[..100_000]);
        File.WriteAllText($"{Target}.part.tag", _server.Tag!);

        (await FetchAsync(Origin())).ShouldBe(Hash);

        _server.Starts.ShouldBe([100_000]);
        File.ReadAllBytes(Target).ShouldBe(_server.Content);
    }

    [Fact]
    public async Task Fetch_FileChangedMeanwhile_BeginsAgain()
    {
        File.WriteAllBytes($"{Target}.part", new byte[100_000]);
        File.WriteAllText($"{Target}.part.tag", "\"of another time\"");

        (await FetchAsync(Origin())).ShouldBe(Hash);

        _server.Starts.ShouldBe([0]);
        File.ReadAllBytes(Target).ShouldBe(_server.Content);
    }

    [Fact]
    public async Task Fetch_ServerWithoutRanges_BeginsAgain()
    {
        (_server.HasRanges, _server.CutAfter) = (false, 200_000);

        (await FetchAsync(Origin())).ShouldBe(Hash);

        _server.Starts.ShouldBe([0, 0]);
        File.ReadAllBytes(Target).ShouldBe(_server.Content);
    }

    [Fact]
    public async Task Fetch_PartThatNoTagVouchesFor_BeginsAgain()
    {
        File.WriteAllBytes($"{Target}.part", new byte[100_000]);

        (await FetchAsync(Origin())).ShouldBe(Hash);

        _server.Starts.ShouldBe([0]);
    }

    [Fact]
    public async Task Fetch_AnotherHash_IsRefusedAndLeavesNothing()
    {
        var failure = await Should.ThrowAsync<DownloadException>(() => FetchAsync(Origin() with { Sha256 = new('a', 64) }));

        failure.Message.ShouldContain($"its SHA-256 is {Hash}, expected is aaaa");
        Directory.GetFiles(_folder).ShouldBeEmpty();
    }

    [Fact]
    public async Task Fetch_AnotherSize_IsRefusedBeforeItIsRead()
    {
        (await Should.ThrowAsync<DownloadException>(() => FetchAsync(Origin() with { SizeBytes = Size - 1 }))).Message.ShouldContain("more than 599,999 bytes");
        (await Should.ThrowAsync<DownloadException>(() => FetchAsync(Origin() with { SizeBytes = Size + 1 }))).Message.ShouldContain("it has 600,000 bytes, expected are 600,001");
        Directory.GetFiles(_folder).ShouldBeEmpty();
    }

    [Fact]
    public async Task Fetch_LargerThanAnything_IsRefused() =>
        (await Should.ThrowAsync<DownloadException>(() => FetchAsync(Origin(), _limits with { MaxBytes = 1_000 }))).Message.ShouldContain("more than 1,000 bytes");

    [Fact]
    public async Task Fetch_Moved_IsFollowed() => (await FetchAsync(Origin("moved"))).ShouldBe(Hash);

    [Theory]
    [InlineData("loop", "redirects more than 8 times")]
    [InlineData("elsewhere", "not secure")]
    [InlineData("absent", "answers 404 (NotFound)")]
    [InlineData("broken", "answers 500 (InternalServerError)")]
    public async Task Fetch_WhatCannotBeHad_SaysWhy(string path, string reason)
    {
        (await Should.ThrowAsync<DownloadException>(() => FetchAsync(Origin(path)))).Message.ShouldContain(reason);
        Directory.GetFiles(_folder).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("https://a.org/", "https://b.org/", true)]
    [InlineData("http://a.org/", "https://a.org/", true)]
    [InlineData("http://a.org/", "http://b.org/", true)]
    [InlineData("https://a.org/", "http://a.org/", false)]
    [InlineData("https://a.org/", "ftp://a.org/", false)]
    [InlineData("http://a.org/", "file:///etc/passwd", false)]
    public void MayRedirect_FromOneToAnother_NeverBecomesLessSecure(string from, string to, bool may) => ModelDownloader.MayRedirect(new(from), new(to)).ShouldBe(may);

    [Fact]
    public async Task Fetch_Stalled_EndsAndKeepsWhatIsHere()
    {
        _server.StallAfter = 100_000;

        (await Should.ThrowAsync<DownloadException>(() => FetchAsync(Origin(), _limits with { Stall = TimeSpan.FromMilliseconds(500), Attempts = 1 }))).Message.ShouldContain("does not move");

        File.Exists(Target).ShouldBeFalse();
        new FileInfo($"{Target}.part").Length.ShouldBe(100_000);
    }

    [Fact]
    public async Task Fetch_NobodyListens_FailsQuickly()
    {
        var gone = Origin();
        await _server.DisposeAsync();
        long start = System.Diagnostics.Stopwatch.GetTimestamp();

        (await Should.ThrowAsync<DownloadException>(() => FetchAsync(gone, _limits with { Attempts = 4 }))).Message.ShouldContain("cannot be reached");

        System.Diagnostics.Stopwatch.GetElapsedTime(start).ShouldBeLessThan(TimeSpan.FromSeconds(10));
        _server = await FileServer.StartAsync();
    }

    [Fact]
    public async Task Fetch_DiskFull_SaysSoAndLeavesNoFile()
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Skip("only Linux has a device that is always full");
        }

        using var downloader = new ModelDownloader(mirror: null, _limits, TimeProvider.System, static (_, _) => File.OpenWrite("/dev/full"));

        (await Should.ThrowAsync<DownloadException>(() => downloader.FetchAsync(Origin(), Target, progress: null, Token))).Message.ShouldContain("the disk is full");

        File.Exists(Target).ShouldBeFalse();
    }

    [Fact]
    public async Task Fetch_Cancelled_KeepsWhatIsHereForTheNext()
    {
        _server.StallAfter = 100_000;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        using var downloader = new ModelDownloader(mirror: null, _limits, TimeProvider.System);

        await Should.ThrowAsync<OperationCanceledException>(() => downloader.FetchAsync(Origin(), Target, new Stop(stop, 100_000), stop.Token));
        _server.StallAfter = null;
        (await FetchAsync(Origin())).ShouldBe(Hash);

        _server.Starts.ShouldBe([0, 100_000]);
        File.ReadAllBytes(Target).ShouldBe(_server.Content);
    }

    [Fact]
    public async Task Fetch_MirrorIsAUrl_AsksItByTheFilesName()
    {
        (await FetchAsync(new(new("http://upstream.invalid/far/away"), "file.onnx"), mirror: _server.Address.AbsoluteUri)).ShouldBe(Hash);
        _server.Requests.ShouldBe(1);
    }

    [Fact]
    public async Task Fetch_MirrorIsAFolder_CopiesFromIt()
    {
        string mirror = Directory.CreateDirectory(Path.Combine(_folder, "mirror")).FullName;
        File.WriteAllBytes(Path.Combine(mirror, "file.onnx"), _server.Content);
        ModelOrigin origin = new(new("http://upstream.invalid/far/away"), "file.onnx");

        (await FetchAsync(origin, mirror: mirror)).ShouldBe(Hash);
        (await Should.ThrowAsync<DownloadException>(() => FetchAsync(origin with { File = "other.onnx" }, mirror: mirror))).Message.ShouldContain("not in the folder that MODELS_MIRROR names");

        _server.Requests.ShouldBe(0);
    }

    private ModelOrigin Origin(string path = "file.onnx") => new(new(_server.Address, path), "file.onnx");

    private async Task<string> FetchAsync(ModelOrigin origin, DownloadLimits? limits = null, string? mirror = null, IProgress<DownloadProgress>? progress = null)
    {
        using var downloader = new ModelDownloader(mirror, limits ?? _limits, TimeProvider.System);
        return await downloader.FetchAsync(origin, Target, progress, Token);
    }

    private sealed class Told(List<DownloadProgress> told) : IProgress<DownloadProgress>
    {
        public void Report(DownloadProgress value) => told.Add(value);
    }

    private sealed class Stop(CancellationTokenSource source, long at) : IProgress<DownloadProgress>
    {
        public void Report(DownloadProgress value)
        {
            if (value.Bytes >= at)
            {
                source.Cancel();
            }
        }
    }
}

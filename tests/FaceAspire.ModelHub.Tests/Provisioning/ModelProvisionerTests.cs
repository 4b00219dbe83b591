using System.Security.Cryptography;
using FaceAspire.Contracts.Errors;
using FaceAspire.ModelHub.Downloads;
using FaceAspire.ModelHub.Provisioning;
using FaceAspire.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace FaceAspire.ModelHub.Tests.Provisioning;

/// <summary>Models fetched from a real server into an empty cache; the weights are the repository's own recogniser.</summary>
public sealed class ModelProvisionerTests : IAsyncLifetime
{
    private static readonly byte[] _weights = File.ReadAllBytes(Path.Combine(SharedMaterial.RepositoryRoot, "models", "FaceLite.onnx"));
    private static readonly string _hash = Convert.ToHexStringLower(SHA256.HashData(_weights));
    private static readonly ModelEntry _own = ModelCatalog.LoadDefault().Get(ModelTask.Recognition, "FaceLite");

    private readonly string _cache = Path.Combine(Directory.CreateTempSubdirectory("faceaspire-cache-").FullName, "models");
    private FileServer _server = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private ModelHubOptions Options => new() { ModelsDir = null, ModelsCache = _cache };

    private string Fetched => Path.Combine(_cache, "fetched.onnx");

    public async ValueTask InitializeAsync()
    {
        _server = await FileServer.StartAsync();
        _server.Content = _weights;
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        Directory.Delete(Path.GetDirectoryName(_cache)!, recursive: true);
    }

    [Fact]
    public async Task Bring_HashNotPublished_RecordsItAsTheVersion()
    {
        var store = Store();
        store.TryVersionOf(Entry()).ShouldBeNull();
        Should.Throw<FaceAspireException>(() => store.VersionOf(Entry())).Code.ShouldBe(ErrorCode.ModelUnavailable);

        await BringAsync(store, Entry());

        store.Require(Entry()).ShouldBe(Fetched);
        store.VersionOf(Entry()).ShouldBe(_hash[..12]);
        Store().VersionOf(Entry()).ShouldBe(_hash[..12], "another process reads the record");
        Directory.GetFiles(_cache).Select(Path.GetFileName).ShouldBe(["fetched.onnx", "fetched.onnx.json", "fetched.onnx.lock"], ignoreOrder: true);
    }

    [Fact]
    public async Task Bring_HashKnown_NeedsNoRecord()
    {
        var entry = Entry() with { Sha256 = _hash, SizeBytes = _weights.Length };

        await BringAsync(Store(), entry);

        Store().Require(entry).ShouldBe(Fetched);
        File.Exists($"{Fetched}.json").ShouldBeFalse();
    }

    [Fact]
    public async Task Bring_AnotherHashThanTheCatalogues_IsRefusedAndLeavesNoFile()
    {
        var entry = Entry() with { Sha256 = new('a', 64), SizeBytes = _weights.Length };

        (await Should.ThrowAsync<DownloadException>(() => BringAsync(Store(), entry))).Message.ShouldContain("expected is aaaa");

        Directory.GetFiles(_cache).Select(Path.GetFileName).ShouldBe(["fetched.onnx.lock"]);
    }

    [Theory]
    [InlineData(64, 112, "192 numbers a face, 64 are expected")]
    [InlineData(192, 96, "takes 112×112 pixels, the catalogue says 96×96")]
    public async Task Bring_AnotherNetwork_IsRefusedByItsTrial(int dimension, int side, string problem)
    {
        var entry = Entry() with { Dimension = dimension, Input = _own.Input with { Width = side, Height = side } };

        (await Should.ThrowAsync<DownloadException>(() => BringAsync(Store(), entry))).Message.ShouldContain(problem);

        File.Exists(Fetched).ShouldBeFalse();
    }

    [Fact]
    public async Task Bring_NoNetworkAtAll_IsRefused()
    {
        _server.Content = "this is no network"u8.ToArray();

        (await Should.ThrowAsync<DownloadException>(() => BringAsync(Store(), Entry()))).Message.ShouldContain("cannot be run");

        File.Exists(Fetched).ShouldBeFalse();
    }

    [Fact]
    public async Task Bring_ManyAtOnce_IsOneDownload()
    {
        _server.Delay = TimeSpan.FromMilliseconds(100);
        var store = Store();
        using var one = new ModelProvisioner(Options, store, TimeProvider.System);
        using var other = new ModelProvisioner(Options, Store(), TimeProvider.System); // as another process would

        await Task.WhenAll(Enumerable.Range(0, 16).Select(i => (i % 2 == 0 ? one : other).BringAsync(Entry(), progress: null, Token)));

        _server.Requests.ShouldBe(1);
        store.Require(Entry()).ShouldBe(Fetched);
    }

    [Fact]
    public async Task Require_RecordedFileChanged_IsRefused()
    {
        await BringAsync(Store(), Entry());
        byte[] changed = [.. _weights];
        changed[^1] ^= 1;
        File.WriteAllBytes(Fetched, changed);

        Should.Throw<FaceAspireException>(() => Store().Require(Entry())).Message.ShouldContain("its SHA-256 is another");

        await BringAsync(Store(), Entry());
        Store().Require(Entry()).ShouldBe(Fetched);
    }

    [Fact]
    public async Task Require_WeightsReplacedWhileTheyAreInUse_AreNotMixed()
    {
        var store = Store();
        await BringAsync(store, Entry());
        store.VersionOf(Entry());
        new FileRecord("file.onnx", new('b', 64), _hash, Architecture: null, 0).Write(Fetched);

        Should.Throw<FaceAspireException>(() => store.Require(Entry())).Message.ShouldContain("replaced while the service runs");

        store.VersionOf(Entry()).ShouldBe(_hash[..12]);
        Store().VersionOf(Entry()).ShouldBe(new('b', 12));
    }

    [Fact]
    public async Task Require_FileThatNobodyRecorded_IsRefused()
    {
        Directory.CreateDirectory(_cache);
        await File.WriteAllBytesAsync(Fetched, _weights, Token);

        Should.Throw<FaceAspireException>(() => Store().Require(Entry())).Message.ShouldContain("neither downloaded nor converted here");
    }

    [Fact]
    public async Task Require_MadeByAnOlderConverter_IsRefused()
    {
        await BringAsync(Store(), Entry());
        var entry = Entry() with { Origin = Entry().Origin! with { Architecture = "arcface-r34" } };
        new FileRecord("file.onnx", _hash, _hash, "arcface-r34", FaceAspire.ModelHub.Conversion.ModelConverter.Version - 1).Write(Fetched);

        Should.Throw<FaceAspireException>(() => Store().Require(entry)).Message.ShouldContain("made by another converter");
    }

    [Fact]
    public async Task Bring_TermsNotAccepted_IsRefusedUntilTheyAre()
    {
        var entry = Entry() with { Commercial = CommercialUse.No, Licence = "research only" };
        var store = Store();
        using var provisioner = new ModelProvisioner(Options, store, TimeProvider.System);

        (await Should.ThrowAsync<DownloadException>(() => provisioner.BringAsync(entry, progress: null, Token))).Message.ShouldContain("research only");
        _server.Requests.ShouldBe(0);

        provisioner.Accept(entry);
        await provisioner.BringAsync(entry, progress: null, Token);

        store.Require(entry).ShouldBe(Fetched);
        using var later = new ModelProvisioner(Options, store, TimeProvider.System);
        later.IsAccepted(entry).ShouldBeTrue();
        later.IsAccepted(entry with { Licence = "other terms" }).ShouldBeFalse();
    }

    [Fact]
    public async Task Bring_Offline_AsksNobody()
    {
        using var provisioner = new ModelProvisioner(Options, Store(), TimeProvider.System, isOffline: true);

        (await Should.ThrowAsync<DownloadException>(() => provisioner.BringAsync(Entry(), progress: null, Token))).Message.ShouldContain("nothing may be fetched");

        _server.Requests.ShouldBe(0);
    }

    [Fact]
    public async Task Bring_WithoutOrigin_SaysWhereItComesFrom() =>
        (await Should.ThrowAsync<DownloadException>(() => BringAsync(Store(), Entry() with { Origin = null, Sha256 = _hash, SizeBytes = 1 }))).Message.ShouldContain("models import");

    [Fact]
    public async Task Import_FileOfTheModel_IsItsFileAndCanBeRemoved()
    {
        string brought = Path.Combine(Path.GetDirectoryName(_cache)!, "brought.onnx");
        await File.WriteAllBytesAsync(brought, _weights, Token);
        var store = Store();
        using var provisioner = new ModelProvisioner(Options, store, TimeProvider.System);

        (await provisioner.ImportAsync(Entry(), brought, progress: null, Token)).ShouldBe("fetched.onnx");
        store.VersionOf(Entry()).ShouldBe(_hash[..12]);
        File.Exists(brought).ShouldBeTrue();

        provisioner.Remove(Entry(), ModelCatalog.LoadDefault()).ShouldBe(["fetched.onnx", "fetched.onnx.json", "fetched.onnx.lock"]);
        store.IsPresent(Entry()).ShouldBeFalse();
    }

    [Fact]
    public async Task Import_FileOfItsAuthors_IsConvertedAndHasTheVersionOfThatFile()
    {
        string upstream = SharedMaterial.File("models", "upstream", "fer2013_mini_XCEPTION.102-0.66.hdf5");
        string source = Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(upstream, Token)));
        var known = ModelCatalog.LoadDefault().Get(ModelTask.Attributes, "fer_mini_xception");
        ModelOrigin origin = new(new("https://upstream.invalid/fer.hdf5"), "fer.hdf5") { Architecture = "mini-xception-emotion" };
        var entry = known with { Name = "fetched", File = "fetched.onnx", Sha256 = null, SizeBytes = null, Origin = origin };
        using var provisioner = new ModelProvisioner(Options, Store(), TimeProvider.System);

        await provisioner.ImportAsync(entry, upstream, progress: null, Token);

        var store = Store();
        store.Require(entry).ShouldBe(Fetched);
        store.VersionOf(entry).ShouldBe(source[..12]);

        // With both hashes published the same weights have one version, in whichever file they are.
        var published = entry with { Sha256 = known.Sha256, SizeBytes = known.SizeBytes, Origin = origin with { Sha256 = source } };
        Store().Require(published).ShouldBe(Fetched);
        Store().VersionOf(published).ShouldBe(known.Sha256![..12]);

        // What it was converted from must be what the catalogue means.
        Should.Throw<FaceAspireException>(() => Store().Require(published with { Origin = origin with { Sha256 = new('a', 64) } }));
    }

    [Fact]
    public async Task Import_FileWhoseHashNobodyPublished_StandsInWithAVersionOfItsOwn()
    {
        string upstream = SharedMaterial.File("models", "upstream", "dlib_face_recognition_resnet_from_faceapi.dat.bz2");
        var entry = ModelCatalog.LoadDefault().Get(ModelTask.Recognition, "Dlib"); // the file of dlib.net, whose hash is not known, or one that somebody published
        Store().TryVersionOf(entry).ShouldBe(entry.Sha256![..12]);
        using var provisioner = new ModelProvisioner(Options, Store(), TimeProvider.System);

        await provisioner.ImportAsync(entry, upstream, progress: null, Token);

        string imported = Store().VersionOf(entry);
        imported.ShouldNotBe(entry.Sha256![..12]);
        Store().Require(entry).ShouldBe(Path.Combine(_cache, entry.File));

        File.Copy(SharedMaterial.Weights(entry.File), Path.Combine(_cache, entry.File), overwrite: true);
        Store().VersionOf(entry).ShouldBe(entry.Sha256![..12]);
    }

    [Fact]
    public async Task Import_AnotherNetworksFile_IsRefused()
    {
        string upstream = SharedMaterial.File("models", "upstream", "gender_mini_XCEPTION.21-0.95.hdf5");
        var entry = ModelCatalog.LoadDefault().Get(ModelTask.Attributes, "fer_mini_xception") with
        {
            File = "fetched.onnx",
            Sha256 = null,
            SizeBytes = null,
            Origin = new(new("https://upstream.invalid/fer.hdf5"), "fer.hdf5") { Architecture = "mini-xception-emotion" },
        };
        using var provisioner = new ModelProvisioner(Options, Store(), TimeProvider.System);

        await Should.ThrowAsync<DownloadException>(() => provisioner.ImportAsync(entry, upstream, progress: null, Token));

        File.Exists(Fetched).ShouldBeFalse();
    }

    [Fact]
    public async Task Import_AnotherFileThanTheOrigins_IsRefused()
    {
        string brought = Path.Combine(Path.GetDirectoryName(_cache)!, "brought.onnx");
        await File.WriteAllBytesAsync(brought, _weights, Token);
        using var provisioner = new ModelProvisioner(Options, Store(), TimeProvider.System);

        (await Should.ThrowAsync<DownloadException>(() => provisioner.ImportAsync(Entry() with { Origin = Entry().Origin! with { Sha256 = new('a', 64) } }, brought, progress: null, Token)))
            .Message.ShouldContain("expected is aaaa");
        (await Should.ThrowAsync<DownloadException>(() => provisioner.ImportAsync(Entry(), "absent.onnx", progress: null, Token))).Message.ShouldContain("it is not there");
    }

    [Fact]
    public async Task Ask_ManyRequests_IsOneDownloadAndTheModelComes()
    {
        _server.Delay = TimeSpan.FromMilliseconds(200);
        var store = Store();
        using var provisioner = new ModelProvisioner(Options, store, TimeProvider.System);
        var supply = new ModelSupply(provisioner, Options, TimeProvider.System, NullLogger<ModelSupply>.Instance);
        var entry = Entry();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var run = supply.RunAsync(stop.Token);

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(() => supply.Ask(entry), Token)));

        answers.ShouldAllBe(answer => answer!.Code == ErrorCode.ModelUnavailable && answer.RetryAfter > TimeSpan.Zero && answer.Message.Contains("is being fetched"));
        supply.StateOf(entry).Name.ShouldBeOneOf("downloading", "converting");
        await UntilAsync(() => store.IsPresent(entry));
        store.Require(entry).ShouldBe(Fetched);
        _server.Requests.ShouldBe(1);
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => run);
    }

    [Fact]
    public async Task Ask_ModelsThatComeAtOnce_AreAllBroughtAndNoneStaysOnItsWay()
    {
        var store = Store();
        await BringAsync(store, Entry());
        using var provisioner = new ModelProvisioner(Options, store, TimeProvider.System);
        var supply = new ModelSupply(provisioner, Options, TimeProvider.System, NullLogger<ModelSupply>.Instance);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var run = supply.RunAsync(stop.Token);
        ModelEntry[] entries = [.. Enumerable.Range(0, 2_000).Select(_ => Entry())];

        foreach (var entry in entries)
        {
            while (supply.Ask(entry)!.Message.Contains("others are fetched before it", StringComparison.Ordinal))
            {
                await Task.Yield();
            }
        }

        await UntilAsync(() => run.IsCompleted || entries.All(entry => supply.StateOf(entry).Name == "missing")); // no longer on its way
        run.IsCompleted.ShouldBeFalse();
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => run);
    }

    [Fact]
    public async Task Ask_FetchFails_SaysWhyAndDoesNotKnockAgainForAWhile()
    {
        using var provisioner = new ModelProvisioner(Options, Store(), TimeProvider.System);
        var supply = new ModelSupply(provisioner, Options, TimeProvider.System, NullLogger<ModelSupply>.Instance);
        var entry = Entry() with { Origin = new(new(_server.Address, "absent"), "file.onnx") };
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var run = supply.RunAsync(stop.Token);

        supply.Ask(entry)!.Message.ShouldContain("is being fetched");
        await UntilAsync(() => supply.Ask(entry)!.Message.Contains("could not be fetched", StringComparison.Ordinal));

        var answer = supply.Ask(entry)!;
        answer.Message.ShouldContain("answers 404");
        answer.Message.ShouldContain("faceaspire models pull fetched");
        answer.RetryAfter.ShouldNotBeNull();
        supply.StateOf(entry).Name.ShouldBe("missing");
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => run);
    }

    [Fact]
    public void Ask_OffOrNotAcceptedOrNowhere_FetchesNothing()
    {
        using var provisioner = new ModelProvisioner(Options, Store(), TimeProvider.System);
        ModelSupply Supply(bool isOn) => new(provisioner, new() { ModelsAutoDownload = isOn }, TimeProvider.System, NullLogger<ModelSupply>.Instance);

        Supply(isOn: false).Ask(Entry()).ShouldBeNull();
        Supply(isOn: true).Ask(Entry() with { Origin = null }).ShouldBeNull();
        Supply(isOn: true).Ask(Entry() with { Commercial = CommercialUse.No })!.Message.ShouldContain("--accept-licence");
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        long start = System.Diagnostics.Stopwatch.GetTimestamp();
        while (!condition())
        {
            System.Diagnostics.Stopwatch.GetElapsedTime(start).ShouldBeLessThan(TimeSpan.FromSeconds(20));
            await Task.Delay(20, Token);
        }
    }

    private ModelEntry Entry() => _own with { Name = "fetched", File = "fetched.onnx", Sha256 = null, SizeBytes = null, Origin = new(_server.File, "file.onnx") };

    private ModelStore Store() => new(Options, NullLogger<ModelStore>.Instance);

    private async Task BringAsync(ModelStore store, ModelEntry entry)
    {
        using var provisioner = new ModelProvisioner(Options, store, TimeProvider.System);
        await provisioner.BringAsync(entry, progress: null, Token);
    }
}

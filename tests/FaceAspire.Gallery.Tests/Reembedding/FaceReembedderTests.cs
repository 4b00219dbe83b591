using FaceAspire.Contracts.Names;
using FaceAspire.Gallery.Reembedding;
using FaceAspire.Gallery.Tests.Folders;
using FaceAspire.Vision.Recognition;

namespace FaceAspire.Gallery.Tests.Reembedding;

public sealed class FaceReembedderTests(ReadingModels models) : IClassFixture<ReadingModels>, IDisposable
{
    private readonly FolderWorld _world = new(models);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _world.Dispose();

    [Fact]
    public async Task Fill_NewModelWhileSearching_TheOldOneAnswersUntilTheNewOneCan()
    {
        var old = models.Plan();
        var wanted = models.Plan(AlignmentMode.DeepFace);
        _world.Put("anna/a.jpg", FolderWorld.Sample("anna"));
        _world.Put("ben/b.jpg", FolderWorld.Sample("ben"));
        await _world.SyncAsync(old);
        var probes = new Dictionary<EmbeddingSpace, Embedding>();
        foreach (var plan in (Gallery.Reading.RecognitionPlan[])[old, wanted])
        {
            probes[plan.Space] = (await models.Reader.ReadAsync(FolderWorld.Sample("anna-leaning"), plan, Token)).Single().Embedding;
        }

        int searches = 0;
        models.Before = async token =>
        {
            // In the middle of the work: the active space is the old one, and finds.
            var active = (await _world.Store.FindGalleryAsync(FolderWorld.Gallery, token))!.ActiveSpace!;
            active.ShouldBe(old.Space);
            (await FindAsync(active, probes)).ShouldBe("anna");
            searches++;
        };
        var told = new List<ReembeddingProgress>();
        var result = await new FaceReembedder(_world.Store, models.Reader).FillAsync(FolderWorld.Gallery, wanted, new Steps(told), Token);
        models.Before = static _ => Task.CompletedTask;

        result.ShouldBe(new(Missing: 2, Embedded: 2, Impossible: 0));
        told.ShouldBe([new(2, 2, 0)]);
        searches.ShouldBe(2);
        (await _world.Store.CompleteSpaceAsync(FolderWorld.Gallery, wanted.Space, activate: true, Token)).ShouldBeTrue();
        (await _world.Store.DeleteSpaceAsync(FolderWorld.Gallery, old.Space, Token)).ShouldBeTrue();
        (await FindAsync(wanted.Space, probes)).ShouldBe("anna");
        (await FindAsync(old.Space, probes)).ShouldBeNull();
    }

    [Fact]
    public async Task Fill_StoppedInTheMiddle_GoesOnWithWhatIsMissing()
    {
        const int Files = 150;
        for (int i = 0; i < Files; i++)
        {
            _world.Put($"anna/{i:000}.bmp", FolderWorld.Noise(i));
        }

        await _world.SyncAsync();
        var wanted = models.Plan(AlignmentMode.DeepFace, detector: "skip");
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        int before = models.Pictures;
        models.Before = async token =>
        {
            if (models.Pictures - before > 100)
            {
                await stop.CancelAsync();
                token.ThrowIfCancellationRequested();
            }
        };
        await Should.ThrowAsync<OperationCanceledException>(() => new FaceReembedder(_world.Store, models.Reader).FillAsync(FolderWorld.Gallery, wanted, progress: null, stop.Token));
        models.Before = static _ => Task.CompletedTask;
        _world.Restart();

        var rest = await new FaceReembedder(_world.Store, models.Reader).FillAsync(FolderWorld.Gallery, wanted, progress: null, Token);

        rest.ShouldBe(new(Missing: Files - 64, Embedded: Files - 64, Impossible: 0)); // one whole batch had been kept
        (await new FaceReembedder(_world.Store, models.Reader).FillAsync(FolderWorld.Gallery, wanted, progress: null, Token)).ShouldBe(new(0, 0, 0));
    }

    [Fact]
    public async Task Fill_OnlyAnEmbeddingIsKept_CountsItAsImpossible()
    {
        var plan = models.Plan();
        var read = (await models.Reader.ReadAsync(FolderWorld.Sample("anna"), plan, Token)).Single();
        await _world.Store.EnrolAsync(
            FolderWorld.Gallery, [new("anna", new string('a', 64), 0, read.Area, 1, Source: null, Thumbnail: null, [new(plan.Space, read.Embedding)])], Token);

        var result = await new FaceReembedder(_world.Store, models.Reader).FillAsync(FolderWorld.Gallery, models.Plan(AlignmentMode.DeepFace), progress: null, Token);

        result.ShouldBe(new(Missing: 1, Embedded: 0, Impossible: 1));
        (await _world.ListAsync()).Count.ShouldBe(1);
    }

    private async Task<string?> FindAsync(EmbeddingSpace space, Dictionary<EmbeddingSpace, Embedding> probes) =>
        (await _world.Store.SearchAsync(FolderWorld.Gallery, space, [probes[space]], new(DistanceMetric.Cosine, TopK: 1), Token))[0] is [var match] ? match.Face.Subject : null;

    private sealed class Steps(List<ReembeddingProgress> told) : IProgress<ReembeddingProgress>
    {
        public void Report(ReembeddingProgress value) => told.Add(value);
    }
}

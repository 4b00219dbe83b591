using System.Globalization;
using FaceAspire.Contracts.Names;
using Microsoft.Extensions.Time.Testing;
using static FaceAspire.Gallery.Tests.GalleryFaces;

namespace FaceAspire.Gallery.Tests;

/// <summary>Long random sequences of operations on a store and on <see cref="ReferenceGallery"/>: what can be seen is the same all along. A store's tests inherit it.</summary>
public abstract class GalleryModelTest
{
    private static readonly string[] _galleries = ["one", "two"];
    private static readonly string[] _subjects = ["Ada", "Eve", "Zoë", "😀", "Ｚ"];
    private static readonly EmbeddingSpace[] _spaces = [Space, OtherSpace];

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
    private readonly Dictionary<long, long> _idOf = []; // of the store, by that of the reference
    private readonly Dictionary<long, long> _referenceOf = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>An empty store with this clock.</summary>
    private protected abstract Task<IFaceGallery> OpenAsync(TimeProvider time);

    /// <summary>The same store, opened again where it can be.</summary>
    private protected virtual Task<IFaceGallery> ReopenAsync(IFaceGallery store, TimeProvider time, Random random) => Task.FromResult(store);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task RandomOperations_StoreAndReference_ShowTheSame(int seed)
    {
        Random random = new(seed);
        ReferenceGallery reference = new(_time);
        var store = await OpenAsync(_time);
        List<string> history = [];
        for (int step = 0; step < 250; step++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(random.Next(1, 5_000)));
            string operation = Describe(random, reference, out var run);
            history.Add(operation);
            string expected = await run(reference, false);
            string actual = await run(store, true);
            actual.ShouldBe(expected, $"seed {seed}, step {step}: {operation}\n{string.Join('\n', history)}");
            if (step % 10 == 9)
            {
                if (step % 50 == 49)
                {
                    store = await ReopenAsync(store, _time, random);
                }

                (await SeenAsync(store, step, id => _referenceOf[id])).ShouldBe(
                    await SeenAsync(reference, step, static id => id), $"seed {seed}, after step {step}\n{string.Join('\n', history)}");
            }
        }
    }

    private static Task<string> SeenAsync(IFaceGallery store, int probe, Func<long, long> idOf) =>
        Observed.AllOfAsync(store, _galleries, _spaces, probe, idOf, Token);

    private static T Any<T>(Random random, IReadOnlyList<T> items) => items[random.Next(items.Count)];

    private string Describe(Random random, ReferenceGallery reference, out Func<IFaceGallery, bool, Task<string>> run)
    {
        string gallery = Any(random, _galleries), subject = Any(random, _subjects), other = Any(random, _subjects);
        var space = Any(random, _spaces);
        long[] faces = [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => AnyFace(random))];
        switch (random.Next(22))
        {
            case < 8:
                FaceEnrolment[] enrolments = [.. Enumerable.Range(0, random.Next(1, 6)).Select(_ => AnyEnrolment(random))];
                run = (store, isStore) => EnrolAsync(reference, store, isStore, gallery, enrolments);
                return $"enrol in {gallery}: {string.Join(", ", enrolments.Select(static face => $"{face.Subject}/{face.ContentHash[..4]}/{face.Embeddings.Count}"))}";
            case 8 or 9:
                run = async (store, isStore) => Observed.Text(await store.DeleteFacesAsync(gallery, Ids(faces, isStore), Token));
                return $"delete faces {string.Join(", ", faces)} of {gallery}";
            case 10:
                run = async (store, _) => Observed.Text(await store.DeleteSubjectAsync(gallery, subject, Token));
                return $"delete subject {subject} of {gallery}";
            case 11 or 12:
                bool mayMerge = random.Next(3) > 0;
                run = async (store, _) => await store.MoveSubjectAsync(gallery, subject, other, mayMerge, Token) is var (moved, isTaken) ? $"{Text(moved)} {isTaken}" : "";
                return $"move subject {subject} of {gallery} to {other}, may merge {mayMerge}";
            case 13 or 14:
                run = async (store, isStore) => Observed.Text(await store.MoveFaceAsync(gallery, Ids(faces, isStore)[0], subject, $"{subject}/moved.jpg", Token));
                return $"move face {faces[0]} of {gallery} to {subject}";
            case 15:
                Dictionary<string, string> metadata = new() { ["team"] = random.Next(2) == 0 ? "red" : "blue", [$"k{random.Next(3)}"] = "v" };
                run = async (store, _) => Observed.Text(await store.SetMetadataAsync(gallery, subject, metadata, Token));
                return $"metadata of {subject} of {gallery}: {Observed.Text(metadata)}";
            case 16:
                int seed = random.Next(1_000);
                run = async (store, isStore) =>
                {
                    await store.AddEmbeddingsAsync(gallery, space, [.. Ids(faces, isStore).Select((face, i) => (face, Vector(seed + i, space)))], Token);
                    return "";
                };
                return $"embeddings {seed} of {space.Model} for {string.Join(", ", faces)} of {gallery}";
            case 17:
                bool activate = random.Next(2) == 0;
                run = async (store, _) => Observed.Text(await store.CompleteSpaceAsync(gallery, space, activate, Token));
                return $"complete {space.Model} of {gallery}, activate {activate}";
            case 18:
                run = async (store, _) => Observed.Text(await store.DeleteSpaceAsync(gallery, space, Token));
                return $"delete {space.Model} of {gallery}";
            case 19:
                FolderFile[] files = [.. Enumerable.Range(0, 3).Select(_ => new FolderFile($"{random.Next(8)}.jpg", random.Next(), _time.GetUtcNow(), null, 0, "?", space.Key))];
                run = async (store, _) =>
                {
                    await store.PutFilesAsync(gallery, files, Token);
                    await store.RemoveFilesAsync(gallery, [files[0].Path, "none.jpg"], Token);
                    return "";
                };
                return $"files of {gallery}";
            case 20 when random.Next(4) == 0:
                run = async (store, _) => Observed.Text(await store.DeleteGalleryAsync(gallery, Token));
                return $"delete {gallery}";
            default:
                var search = new FaceSearch(Any(random, Enum.GetValues<DistanceMetric>()), random.Next(1, 10))
                {
                    Subjects = random.Next(2) == 0 ? null : [subject, other],
                    Metadata = random.Next(3) == 0 ? new Dictionary<string, string> { ["team"] = "red" } : null,
                };
                var probe = Vector(random.Next(40), space);
                run = async (store, isStore) => Observed.Text(
                    (await store.SearchAsync(gallery, space, [probe], search, Token))[0].Select(match => (isStore ? _referenceOf[match.Face.Id] : match.Face.Id, match.Distance).ToString()));
                return $"search {gallery} in {space.Model}: {Observed.Text(search)}";
        }
    }

    private async Task<string> EnrolAsync(ReferenceGallery reference, IFaceGallery store, bool isStore, string gallery, FaceEnrolment[] enrolments)
    {
        var results = await store.EnrolAsync(gallery, enrolments, Token);
        if (isStore)
        {
            // Enrolled in the reference just before: the faces of the same enrolments are the same faces.
            foreach (var (enrolment, result) in enrolments.Zip(results))
            {
                var twin = (await reference.FindFacesOfAsync(gallery, enrolment.ContentHash, Token)).Single(
                    face => face.Subject == enrolment.Subject && face.FaceIndex == enrolment.FaceIndex);
                _idOf[twin.Id] = result.Face.Id;
                _referenceOf[result.Face.Id] = twin.Id;
            }
        }

        return Observed.Text(results.Select(result => result with { Face = result.Face with { Id = isStore ? _referenceOf[result.Face.Id] : result.Face.Id } }));
    }

    private static FaceEnrolment AnyEnrolment(Random random)
    {
        var face = random.Next(4) switch
        {
            0 => Face(Any(random, _subjects), random.Next(40), OtherSpace),
            1 => Face(Any(random, _subjects), random.Next(40), Space, OtherSpace),
            _ => Face(Any(random, _subjects), random.Next(40)),
        };
        return random.Next(4) == 0 ? face with { Source = null } : face;
    }

    // One that was never there, now and then.
    private long AnyFace(Random random) => _idOf.Count == 0 || random.Next(8) == 0 ? 123_456 : Any(random, [.. _idOf.Keys.Order()]);

    private long[] Ids(long[] faces, bool isStore) => isStore ? [.. faces.Select(face => _idOf.GetValueOrDefault(face, face))] : faces;

    private static string Text(SubjectEntry? subject) => subject is null
        ? "none"
        : string.Create(CultureInfo.InvariantCulture, $"{subject.Name} {subject.Faces} {subject.CreatedAt:O} ")
            + string.Join(", ", subject.Metadata.OrderBy(static pair => pair.Key, StringComparer.Ordinal));
}

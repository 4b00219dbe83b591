using System.Text.Json;
using System.Text.Json.Serialization;
using FaceAspire.Contracts.Names;
using FaceAspire.Vision.Recognition;

namespace FaceAspire.Gallery.Tests;

/// <summary>All that can be seen of a store, as text: two stores that hold the same give the same.</summary>
internal static class Observed
{
    private static readonly JsonSerializerOptions _options = new() { WriteIndented = true, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    /// <summary>Anything, as text. Records that hold lists are not equal by themselves.</summary>
    public static string Text(object? value) => JsonSerializer.Serialize(value, _options);

    /// <summary>Everything that a store has, and what it finds for probes.</summary>
    /// <param name="store">The store.</param>
    /// <param name="galleries">Galleries that are looked for.</param>
    /// <param name="spaces">Spaces that are looked for.</param>
    /// <param name="probe">The seed of the probes.</param>
    /// <param name="idOf">Gives a face the number under which both stores know it.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static async Task<string> AllOfAsync(
        IFaceGallery store, IReadOnlyList<string> galleries, IReadOnlyList<EmbeddingSpace> spaces, int probe, Func<long, long> idOf, CancellationToken cancellationToken)
    {
        List<object?> seen = [(await store.ListGalleriesAsync(cancellationToken)).Select(Ordered)];
        foreach (string gallery in galleries)
        {
            seen.Add(await store.FindGalleryAsync(gallery, cancellationToken) is { } found ? Ordered(found) : null);
            var subjects = await AllSubjectsAsync(store, gallery, cancellationToken);
            foreach (var subject in subjects)
            {
                (await store.FindSubjectAsync(gallery, subject.Name, cancellationToken)).ShouldNotBeNull().ShouldSatisfyAllConditions(
                    found => Text(Ordered(found)).ShouldBe(Text(Ordered(subject))));
                seen.Add((await store.ListFacesAsync(gallery, subject.Name, 0, int.MaxValue, cancellationToken)).Select(face => face with { Id = idOf(face.Id) }));
            }

            seen.Add(subjects.Select(Ordered));
            foreach (var space in spaces)
            {
                await foreach (var (face, embedding) in store.StreamAsync(gallery, space, cancellationToken))
                {
                    var thumbnail = await store.ReadThumbnailAsync(gallery, face.Id, cancellationToken);
                    seen.Add(new { Face = face with { Id = idOf(face.Id) }, Values = embedding?.Values.ToArray(), Thumbnail = thumbnail?.ToArray() });
                }

                foreach (var metric in Enum.GetValues<DistanceMetric>())
                {
                    Embedding[] probes = [GalleryFaces.Vector(probe, space), GalleryFaces.Vector(probe + 1, space)];
                    var hits = await store.SearchAsync(gallery, space, probes, new(metric, 5), cancellationToken);
                    seen.Add(hits.Select(list => list.Select(hit => new { Face = hit.Face with { Id = idOf(hit.Face.Id) }, hit.Distance })));
                }
            }

            seen.Add(await store.ListFilesAsync(gallery, cancellationToken).ToListAsync(cancellationToken));
        }

        return Text(seen);
    }

    private static async Task<List<SubjectEntry>> AllSubjectsAsync(IFaceGallery store, string gallery, CancellationToken cancellationToken)
    {
        List<SubjectEntry> all = [];
        IReadOnlyList<SubjectEntry> page;
        do
        {
            page = await store.ListSubjectsAsync(gallery, all.Count == 0 ? null : all[^1].Name, 3, cancellationToken);
            all.AddRange(page);
        }
        while (page.Count > 0);
        return all;
    }

    private static SubjectEntry Ordered(SubjectEntry subject) =>
        subject with { Metadata = subject.Metadata.OrderBy(static pair => pair.Key, StringComparer.Ordinal).ToDictionary() };

    /// <summary>Only the active space has a place.</summary>
    private static GalleryEntry Ordered(GalleryEntry gallery) =>
        gallery with { Spaces = [.. gallery.Spaces.OrderByDescending(static space => space.IsActive).ThenBy(static space => space.Space.Key, StringComparer.Ordinal)] };
}

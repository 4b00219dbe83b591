using FaceAspire.Gallery;
using Microsoft.Extensions.DependencyInjection;

namespace FaceAspire.Recognition.Tests.Galleries;

/// <summary>Embeddings of a gallery by other models than the one that it is searched by: who may have them made, and how they go.</summary>
public sealed class SpaceTests(GalleryFixture fixture) : IClassFixture<GalleryFixture>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private IFaceGallery Store => fixture.Host.Services.GetRequiredService<IFaceGallery>();

    [Fact]
    public async Task Find_ByAnotherAlignment_IsBegunAndAuditedOnlyForWhoMayChangeTheGallery()
    {
        string gallery = fixture.NewGallery();
        await fixture.EnrolAsync(gallery, "anna", GalleryFixture.Anna);
        var body = new { img = GalleryFixture.Anna, gallery = gallery.Split('/')[^1], alignment = "deepface" };

        var (read, refusal) = await fixture.SendAsync("POST", "/api/v1/find", body, "visitor", "read");
        int spaces = (await Store.FindGalleryAsync(body.gallery, Token))!.Spaces.Count;
        var (enrol, begun) = await fixture.SendAsync("POST", "/api/v1/find", body, "camera", "read+enrol");

        read.ShouldBe(422, refusal.ToString());
        spaces.ShouldBe(1);
        enrol.ShouldBe(503, begun.ToString());
        fixture.Audit(gallery).Where(static line => line.Contains("begin_space", StringComparison.Ordinal)).ShouldHaveSingleItem().ShouldContain("by camera");
    }

    [Fact]
    public async Task DeleteSpace_NotSearched_GoesAndTheFacesStay()
    {
        string gallery = fixture.NewGallery();
        long anna = await fixture.EnrolAsync(gallery, "anna", GalleryFixture.Anna);
        var other = await AddSpaceAsync(gallery, anna);

        string[] keys = [.. (await fixture.OkAsync("GET", gallery)).GetProperty("gallery").GetProperty("spaces").EnumerateArray().Select(static space => space.GetProperty("key").GetString()!)];
        keys[1].ShouldBe(other.Key);
        await fixture.OkAsync("DELETE", $"{gallery}/spaces/{other.Key}", caller: "boss");

        await fixture.FailAsync(404, "not_found", "DELETE", $"{gallery}/spaces/{other.Key}");
        (await fixture.WrongFieldsAsync("DELETE", $"{gallery}/spaces/{keys[0]}")).ShouldBe(["space"]);
        await fixture.OkAsync("GET", $"{gallery}/faces/{anna}");
        fixture.Audit(gallery)[^1].ShouldContain("delete_space");
    }

    [Fact]
    public async Task Import_GalleryHasAnotherCompleteSpace_GetsEmbeddingsOfBoth()
    {
        string from = fixture.NewGallery();
        await fixture.EnrolAsync(from, "ben", GalleryFixture.Ben);
        using var export = await fixture.Host.Client.GetAsync($"{from}/export", Token);
        byte[] lines = await export.Content.ReadAsByteArrayAsync(Token);
        string to = fixture.NewGallery();
        var other = await AddSpaceAsync(to, await fixture.EnrolAsync(to, "anna", GalleryFixture.Anna));
        await Store.CompleteSpaceAsync(to.Split('/')[^1], other, activate: false, Token);
        using var content = new ByteArrayContent(lines) { Headers = { ContentType = new("application/x-ndjson") } };

        await fixture.OkAsync("POST", $"{to}/import", content);

        for (int tries = 0; ; tries++)
        {
            var spaces = (await Store.FindGalleryAsync(to.Split('/')[^1], Token))!.Spaces;
            if (spaces.All(static space => space.Faces == 2))
            {
                break;
            }

            tries.ShouldBeLessThan(600, string.Join(", ", spaces.Select(static space => $"{space.Space.Alignment} {space.Faces}")));
            await Task.Delay(50, Token);
        }
    }

    private async Task<EmbeddingSpace> AddSpaceAsync(string gallery, long face)
    {
        string name = gallery.Split('/')[^1];
        var other = (await Store.FindGalleryAsync(name, Token))!.ActiveSpace! with { Alignment = "deepface" };
        await Store.AddEmbeddingsAsync(name, other, [(face, new(Enumerable.Repeat(1f, other.Dimension).ToArray()))], Token);
        return other;
    }
}

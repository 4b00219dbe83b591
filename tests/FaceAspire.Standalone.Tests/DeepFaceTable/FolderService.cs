using System.Diagnostics;
using System.Text.Json;
using FaceAspire.Testing;

namespace FaceAspire.Standalone.Tests.DeepFaceTable;

/// <summary>What the shared service has not: photos of DeepFace's as its folder of faces, URLs of this machine, and the attribute network that tells
/// age like upstream's tests expect it. One process for the rows that need any of them.</summary>
public sealed class FolderService : OwnService
{
    private static readonly TimeSpan _limit = TimeSpan.FromMinutes(2); // a few seconds alone; other tests run beside it

    // At least one photo of everybody whom upstream's ground truth knows, the strangers who are nearest to the person of img1.jpg, and the WebP file under the name of a JPEG.
    private static readonly string[] _photos =
    [
        .. Enumerable.Range(1, 13).Concat([16, 18, 20, 22, 24, 25, 28, 43, 44, 47]).Select(static number => $"img{number}.jpg"),
        "img11_reflection.jpg", "couple.jpg", "selfie-many-people.jpg",
    ];

    /// <summary>Waits until every photo has been read.</summary>
    public async Task<HttpClient> WhenReadAsync()
    {
        var client = Client;
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            using var response = await client.GetAsync("/api/v1/galleries/default", TestContext.Current.CancellationToken);
            var (status, answer) = await ApiCalls.ReadAsync(response);
            if (status == 200 && answer.GetProperty("gallery").GetProperty("folder").GetProperty("finished_at").ValueKind != JsonValueKind.Null)
            {
                return client;
            }

            Stopwatch.GetElapsedTime(start).ShouldBeLessThan(_limit, $"{answer}\n{Service.Log}");
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
    }

    protected override async Task<ServiceProcess?> StartAsync()
    {
        if (!SharedMaterial.IsPresent)
        {
            return null;
        }

        foreach (string photo in _photos)
        {
            File.Copy(SharedMaterial.Photo(photo), Path.Combine(Folder, photo));
        }

        return await StandaloneFixture.StartAsync(
            ("FACES_DB_PATH", Folder),
            ("DEFAULT_MODEL", "mobilefacenet_512"),
            ("ATTRIBUTE_MODELS", "age_gender,facelite"),
            ("ALLOW_PRIVATE_URLS", "true"),
            ("MAX_QUEUE", "1000"));
    }
}

/// <summary>The classes that share a <see cref="FolderService"/>.</summary>
[CollectionDefinition(Name)]
public sealed class FolderGroup : ICollectionFixture<FolderService>
{
    public const string Name = "DeepFace's folder of faces";
}

using System.Diagnostics;
using System.Text.Json;
using FaceAspire.Gallery;
using FaceAspire.Gallery.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace FaceAspire.Recognition.Tests.Galleries;

/// <summary>The folder of faces as a client sees it: pictures come, change and go, and find answers accordingly.</summary>
public sealed class FolderWatcherTests : IDisposable
{
    private readonly DirectoryInfo _faces = Directory.CreateTempSubdirectory("faceaspire-faces-");
    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("faceaspire-data-");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        foreach (var folder in (DirectoryInfo[])[_faces, _data])
        {
            folder.Refresh();
            if (folder.Exists)
            {
                folder.Delete(recursive: true);
            }
        }
    }

    [Fact]
    public async Task Folder_PicturesComeAndGo_GalleryFollows()
    {
        Put("anna/photo1.jpg", RecognitionHost.SampleBytes("anna"));
        Put("anna/broken.jpg", RecognitionHost.SampleBytes("anna")[..1_000]);
        Put("anna/representations_vgg_face.pkl", [0x80, 4, 1, 2]);
        await using var host = await StartAsync();

        var folder = (await WaitAsync(host, static gallery => Finished(gallery) && Faces(gallery) == 1)).GetProperty("folder");
        (folder.GetProperty("files").GetInt32(), folder.GetProperty("problem_count").GetInt32()).ShouldBe((3, 1), folder.ToString());
        folder.GetProperty("problems")[0].GetProperty("path").GetString().ShouldBe("anna/broken.jpg");
        folder.GetProperty("error").ValueKind.ShouldBe(JsonValueKind.Null);
        host.Log.ShouldContain(static line => line.StartsWith("Warning", StringComparison.Ordinal) && line.Contains("anna/broken.jpg"));

        Put("ben/photo1.jpg", RecognitionHost.SampleBytes("ben"));
        await WaitAsync(host, static gallery => Faces(gallery) == 2);
        Directory.Move(Path.Combine(_faces.FullName, "ben"), Path.Combine(_faces.FullName, "benjamin"));
        await WaitForSubjectsAsync(host, "anna", "benjamin");
        Directory.Delete(Path.Combine(_faces.FullName, "anna"), recursive: true);
        await WaitForSubjectsAsync(host, "benjamin");
    }

    [Fact]
    public async Task Folder_MissingAtStart_IsToldAndReadWhenItComes()
    {
        _faces.Delete();
        await using var host = await StartAsync();

        string line = await WaitForLogAsync(host, "The folder does not exist.");
        line.ShouldContain("It is tried again");
        Put("anna/photo1.jpg", RecognitionHost.SampleBytes("anna"));

        await WaitAsync(host, static gallery => Finished(gallery) && Faces(gallery) == 1);
    }

    [Fact]
    public async Task Folder_ServiceStartedAgain_EmbedsNothing()
    {
        Put("anna/photo1.jpg", RecognitionHost.SampleBytes("anna"));
        Put("ben/photo1.jpg", RecognitionHost.SampleBytes("ben"));
        await using (var first = await StartAsync())
        {
            await WaitAsync(first, static gallery => Finished(gallery) && Faces(gallery) == 2);
        }

        await using var second = await StartAsync();
        var folder = (await WaitAsync(second, Finished)).GetProperty("folder");

        (folder.GetProperty("to_read").GetInt32(), folder.GetProperty("faces_enrolled").GetInt32()).ShouldBe((0, 0));
    }

    [Fact]
    public async Task Start_DefaultChanged_GalleryIsEmbeddedAgainAndFindsOn()
    {
        Put("anna/photo1.jpg", RecognitionHost.SampleBytes("anna"));
        await using (var first = await StartAsync(("DEFAULT_ALIGNMENT", "native")))
        {
            await WaitAsync(first, static gallery => Finished(gallery) && Faces(gallery) == 1);
            await EnrolAsync(first, "default", "ben");
            await EnrolAsync(first, "others", "ben");
            await EnrolAsync(first, "chosen", "ben", detector: "skip"); // before the others, as galleries are gone through by name
        }

        await using var second = await StartAsync(("DEFAULT_ALIGNMENT", "deepface"));
        foreach (string name in (string[])["default", "others"])
        {
            var gallery = await WaitAsync(second, static gallery => gallery.GetProperty("spaces")[0].GetProperty("alignment").GetString() == "deepface", name);
            gallery = await WaitAsync(second, static gallery => gallery.GetProperty("spaces").GetArrayLength() == 1, name);
            gallery.GetProperty("spaces")[0].GetProperty("faces").GetInt32().ShouldBe(Faces(gallery));
            gallery.GetProperty("spaces")[0].GetProperty("active").GetBoolean().ShouldBeTrue();
        }

        (await FindAsync(second, "anna-leaning")).ShouldBe((200, "anna"));
        var chosen = (await WaitAsync(second, static _ => true, "chosen")).GetProperty("spaces");
        chosen.EnumerateArray().Select(static space => (space.GetProperty("detector_backend").GetString(), space.GetProperty("alignment").GetString())).ShouldBe([("skip", "native")]);
    }

    [Fact]
    public async Task Start_DefaultChangedButOnlyAnEmbeddingIsKept_OldSpaceStays()
    {
        await using (var first = await StartAsync(("DEFAULT_ALIGNMENT", "native")))
        {
            await EnrolAsync(first, "people", "ben");
            float[] embedding = [.. Enumerable.Range(1, 192).Select(static i => 1f / i)];
            (await first.PostAsync("/api/v1/galleries/people/subjects/anna/faces", new { img = embedding })).Status.ShouldBe(200);
        }

        await using var second = await StartAsync(("DEFAULT_ALIGNMENT", "deepface"));
        var gallery = await WaitAsync(second, static gallery => gallery.GetProperty("spaces")[0].GetProperty("alignment").GetString() == "deepface", "people");

        await WaitForLogAsync(second, "1 faces of gallery people have no picture to embed again");
        Faces(gallery).ShouldBe(2);
        gallery.GetProperty("spaces").EnumerateArray().Select(static space => (space.GetProperty("alignment").GetString(), space.GetProperty("faces").GetInt32()))
            .ShouldBe([("deepface", 1), ("native", 2)]);
    }

    [Fact]
    public async Task Find_ByAnotherAlignmentThanTheGallerys_AnswersWhenItsFacesAreEmbedded()
    {
        Put("anna/photo1.jpg", RecognitionHost.SampleBytes("anna"));
        await using var host = await StartAsync(("DEFAULT_ALIGNMENT", "native"));
        await WaitAsync(host, static gallery => Finished(gallery) && Faces(gallery) == 1);

        (await FindAsync(host, "anna-leaning", "deepface")).Status.ShouldBe(503); // asked for, and soon to be had
        await WaitAsync(host, static gallery => gallery.GetProperty("spaces").EnumerateArray().Count(static space => space.GetProperty("complete").GetBoolean()) == 2);

        (await FindAsync(host, "anna-leaning", "deepface")).ShouldBe((200, "anna"));
        (await FindAsync(host, "anna-leaning")).ShouldBe((200, "anna"));
        Put("ben/photo1.jpg", RecognitionHost.SampleBytes("ben")); // what comes later is found by both
        await WaitAsync(host, static gallery => gallery.GetProperty("spaces").EnumerateArray().All(static space => space.GetProperty("faces").GetInt32() == 2));
        (await FindAsync(host, "ben", "deepface")).ShouldBe((200, "ben"));
    }

    private static bool Finished(JsonElement gallery) => gallery.GetProperty("folder") is var folder
        && !folder.GetProperty("running").GetBoolean() && folder.GetProperty("finished_at").ValueKind != JsonValueKind.Null;

    private static int Faces(JsonElement gallery) => gallery.GetProperty("faces").GetInt32();

    private static async Task EnrolAsync(RecognitionHost host, string gallery, string sample, string? detector = null)
    {
        var (status, _, answer) = await host.PostAsync($"/api/v1/galleries/{gallery}/subjects/{sample}/faces", new { img = RecognitionHost.Sample(sample), detector_backend = detector });
        status.ShouldBe(200, answer.ToString());
    }

    /// <summary>Whose face is nearest.</summary>
    private static async Task<(int Status, string? Subject)> FindAsync(RecognitionHost host, string sample, string? alignment = null)
    {
        var (status, _, answer) = await host.PostAsync("/api/v1/find", new { img = RecognitionHost.Sample(sample), alignment, threshold = 1 });
        string? identity = status == 200 && answer.GetProperty("result")[0] is { ValueKind: JsonValueKind.Array } rows && rows.GetArrayLength() > 0 ? rows[0].GetProperty("identity").GetString() : null;
        return (status, identity is null ? null : identity.Contains("anna", StringComparison.Ordinal) ? "anna" : identity.Contains("ben", StringComparison.Ordinal) ? "ben" : identity);
    }

    private static async Task WaitForSubjectsAsync(RecognitionHost host, params string[] subjects) => await WaitForAsync(
        host,
        "/api/v1/galleries/default/subjects",
        answer => answer.GetProperty("subjects").EnumerateArray().Select(static subject => subject.GetProperty("name").GetString()).SequenceEqual(subjects));

    private static async Task<JsonElement> WaitAsync(RecognitionHost host, Func<JsonElement, bool> wanted, string gallery = "default") =>
        (await WaitForAsync(host, $"/api/v1/galleries/{gallery}", answer => wanted(answer.GetProperty("gallery")))).GetProperty("gallery");

    /// <summary>Asks until the answer is as wanted.</summary>
    private static async Task<JsonElement> WaitForAsync(RecognitionHost host, string path, Func<JsonElement, bool> wanted)
    {
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            using var response = await host.Client.GetAsync(path, Token);
            var answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Token)).RootElement;
            if (response.IsSuccessStatusCode && wanted(answer))
            {
                return answer;
            }

            if (Stopwatch.GetElapsedTime(start) > TimeSpan.FromSeconds(60))
            {
                throw new TimeoutException($"{path} stays {answer}\n{string.Join('\n', host.Log)}");
            }

            await Task.Delay(50, Token);
        }
    }

    private static async Task<string> WaitForLogAsync(RecognitionHost host, string text)
    {
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            if (host.Log.FirstOrDefault(line => line.Contains(text, StringComparison.Ordinal)) is { } line)
            {
                return line;
            }

            if (Stopwatch.GetElapsedTime(start) > TimeSpan.FromSeconds(30))
            {
                throw new TimeoutException($"The log does not say '{text}':\n{string.Join('\n', host.Log)}");
            }

            await Task.Delay(50, Token);
        }
    }

    private void Put(string path, byte[] bytes)
    {
        string full = Path.Combine(_faces.FullName, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllBytes(full, bytes);
    }

    private Task<RecognitionHost> StartAsync(params (string Name, string Value)[] settings) => RecognitionHost.StartAsync(
        services => services.AddSingleton<IFaceGallery>(_ => new SqliteFaceGallery(_data.FullName, NullLogger<SqliteFaceGallery>.Instance, TimeProvider.System)),
        [("FACES_DB_PATH", _faces.FullName), .. settings]);
}

using System.Text.Json;
using FaceAspire.Testing;

namespace FaceAspire.Standalone.Tests;

/// <summary>What a fresh clone does without a network and without anything beside it: every route, on the embedded models, over drawn faces.</summary>
public sealed class EmbeddedModelTests(EmbeddedModelTests.FreshClone clone) : IClassFixture<EmbeddedModelTests.FreshClone>
{
    private HttpClient Client => clone.Client;

    [Fact]
    public async Task Verify_DrawnFaces_TellsTheTwoApart()
    {
        var same = (await Client.PostAsync("/api/v1/verify", new { img1 = Sample("anna"), img2 = Sample("anna-leaning") })).ShouldSucceed();
        var different = (await Client.PostAsync("/api/v1/verify", new { img1 = Sample("anna"), img2 = Sample("ben") })).ShouldSucceed();

        same.GetProperty("model").GetString().ShouldBe("FaceLite");
        same.GetProperty("detector_backend").GetString().ShouldBe("facelite");
        same.GetProperty("verified").GetBoolean().ShouldBeTrue(same.ToString());
        different.GetProperty("distance").GetDouble().ShouldBeGreaterThan(2 * same.GetProperty("distance").GetDouble());
    }

    [Fact]
    public async Task Represent_DrawnFace_HasItsEyesWhereTheyWereDrawn()
    {
        var face = (await Client.PostAsync("/api/v1/represent", new { img = Sample("anna") })).ShouldSucceed().GetProperty("result").EnumerateArray().ShouldHaveSingleItem();

        // samples/draw.py: in a picture of 480 pixels the eyes are 0.1 of it beside its middle, 0.445 of it down.
        var area = face.GetProperty("facial_area");
        ShouldBeNear(area.GetProperty("right_eye"), 192, 214);
        ShouldBeNear(area.GetProperty("left_eye"), 288, 214);
        face.GetProperty("embedding").GetArrayLength().ShouldBe(192);
    }

    [Fact]
    public async Task Analyze_DrawnFace_TellsAllFour()
    {
        var face = (await Client.PostAsync("/api/v1/analyze", new { img = Sample("anna") })).ShouldSucceed().GetProperty("result").EnumerateArray().ShouldHaveSingleItem();

        face.GetProperty("age").GetInt32().ShouldBeInRange(5, 60);
        foreach (string action in (string[])["gender", "emotion", "race"])
        {
            face.GetProperty(action).EnumerateObject().Sum(static share => share.Value.GetDouble()).ShouldBe(100, 0.01);
            face.GetProperty(action).TryGetProperty(face.GetProperty($"dominant_{action}").GetString()!, out _).ShouldBeTrue();
        }
    }

    [Fact]
    public async Task Extract_DrawnFace_GivesItsPicture()
    {
        var answer = (await Client.PostAsync("/api/v1/extract", new { img = Sample("ben") })).ShouldSucceed();

        answer.GetProperty("faces_found").GetInt32().ShouldBe(1);
        answer.GetProperty("result")[0].GetProperty("face_base64").GetString()!.Length.ShouldBeGreaterThan(10_000);
    }

    [Fact]
    public async Task Models_WithoutWeights_SaysWhichAreHere()
    {
        using var response = await Client.GetAsync("/api/v1/models", TestContext.Current.CancellationToken);
        var models = (await ApiCalls.ReadAsync(response)).ShouldSucceed().GetProperty("models").EnumerateArray()
            .ToDictionary(static model => $"{model.GetProperty("task")} {model.GetProperty("name")}");

        foreach (string name in (string[])["detection facelite", "recognition FaceLite", "attributes facelite"])
        {
            models[name].GetProperty("present").GetBoolean().ShouldBeTrue(name);
            models[name].GetProperty("default").GetBoolean().ShouldBeTrue(name);
        }

        models["recognition Dlib"].GetProperty("present").GetBoolean().ShouldBeFalse();
    }

    private static string Sample(string name) =>
        $"data:image/jpeg;base64,{Convert.ToBase64String(File.ReadAllBytes(Path.Combine(SharedMaterial.RepositoryRoot, "samples", $"{name}.jpg")))}";

    private static void ShouldBeNear(JsonElement point, int x, int y)
    {
        point[0].GetInt32().ShouldBeInRange(x - 8, x + 8);
        point[1].GetInt32().ShouldBeInRange(y - 8, y + 8);
    }

    /// <summary>A service that has nothing but what comes with it.</summary>
    public sealed class FreshClone : OwnService
    {
        protected override async Task<ServiceProcess?> StartAsync() =>
            await ServiceProcess.StartAsync(StandaloneFixture.Assembly, new Dictionary<string, string?> { ["MODELS_CACHE"] = Folder }, CancellationToken.None);

        protected override void Remove(DirectoryInfo folder) => folder.Delete(); // fails if the service has fetched anything
    }
}

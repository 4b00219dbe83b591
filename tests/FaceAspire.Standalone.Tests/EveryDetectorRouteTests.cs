using System.Text.Json;
using FaceAspire.ModelHub;
using FaceAspire.Testing;
using NetVips;

namespace FaceAspire.Standalone.Tests;

/// <summary>Every detector through every route that takes a picture, in a service that has the files of all of them.</summary>
public sealed class EveryDetectorRouteTests(EveryDetectorRouteTests.AllDetectors service) : IClassFixture<EveryDetectorRouteTests.AllDetectors>
{
    public static TheoryData<string> Names => [.. ModelCatalog.LoadDefault().Of(ModelTask.Detection).Select(static entry => entry.Name)];

    [Theory, MemberData(nameof(Names))]
    public async Task EveryRoute_EveryDetector_FindsTheOneFace(string detector)
    {
        foreach (var file in ModelCatalog.LoadDefault().Get(ModelTask.Detection, detector).Files)
        {
            _ = SharedMaterial.Weights(file.Name); // skips where it is absent
        }

        string img = SmallPhoto("img10.jpg");
        string gallery = $"of-{detector}";

        var verified = (await PostAsync("/api/v1/verify", new { img1 = img, img2 = img, detector_backend = detector })).ShouldSucceed();
        var represented = (await PostAsync("/api/v1/represent", new { img, detector_backend = detector })).ShouldSucceed();
        var extracted = (await PostAsync("/api/v1/extract", new { img, detector_backend = detector })).ShouldSucceed();
        var analyzed = (await PostAsync("/api/v1/analyze", new { img, detector_backend = detector, actions = new[] { "gender" } })).ShouldSucceed();
        (await PostAsync($"/api/v1/galleries/{gallery}/subjects/someone/faces", new { img, detector_backend = detector })).ShouldSucceed();
        var found = (await PostAsync("/api/v1/find", new { img, gallery, detector_backend = detector })).ShouldSucceed();

        verified.GetProperty("detector_backend").GetString().ShouldBe(detector);
        verified.GetProperty("verified").GetBoolean().ShouldBeTrue();
        verified.GetProperty("distance").GetDouble().ShouldBe(0, 1e-4);
        found.GetProperty("result").EnumerateArray().ShouldHaveSingleItem().EnumerateArray().ShouldHaveSingleItem()
            .GetProperty("identity").GetString()!.ShouldStartWith("someone/");

        // In 204×297 pixels the eyes are at 71,111 and 120,108 and the mouth ends at 159 (half of what golden/crops.json has for the photo).
        foreach (var area in (JsonElement[])[
            verified.GetProperty("facial_areas").GetProperty("img1"),
            OnlyFaceOf(represented).GetProperty("facial_area"),
            OnlyFaceOf(extracted).GetProperty("facial_area"),
            OnlyFaceOf(analyzed).GetProperty("region"),
        ])
        {
            int x = area.GetProperty("x").GetInt32(), y = area.GetProperty("y").GetInt32();
            x.ShouldBeInRange(0, 70, detector);
            y.ShouldBeInRange(0, 108, detector);
            (x + area.GetProperty("w").GetInt32()).ShouldBeInRange(121, 204, detector);
            (y + area.GetProperty("h").GetInt32()).ShouldBeInRange(150, 297, detector);
        }

        OnlyFaceOf(analyzed).GetProperty("dominant_gender").GetString().ShouldBeOneOf("Man", "Woman");
        OnlyFaceOf(extracted).GetProperty("face_base64").GetString()!.ShouldStartWith("data:image/png;base64,");
    }

    private static JsonElement OnlyFaceOf(JsonElement answer) => answer.GetProperty("result").EnumerateArray().ShouldHaveSingleItem();

    /// <summary>A photo at half its size: what is tested is the way, not the detectors.</summary>
    private static string SmallPhoto(string name)
    {
        using var photo = Image.NewFromFile(SharedMaterial.Photo(name));
        using var small = photo.Resize(0.5);
        return $"data:image/jpeg;base64,{Convert.ToBase64String(small.JpegsaveBuffer(q: 95))}";
    }

    private Task<(int Status, JsonElement Answer)> PostAsync(string route, object body) => service.Client.PostAsync(route, body);

    /// <summary>A service of its own: dlib's detector is not among the material, and is put into a folder with it.</summary>
    public sealed class AllDetectors : OwnService
    {
        private const string DlibFile = "frontal_face_detector.h";

        protected override async Task<ServiceProcess?> StartAsync()
        {
            if (!SharedMaterial.IsPresent)
            {
                return null;
            }

            if (SharedMaterial.HasWeights(DlibFile))
            {
                File.Copy(SharedMaterial.Weights(DlibFile), Path.Combine(Folder, DlibFile));
            }

            return await StandaloneFixture.StartAsync(("MODELS_CACHE", Folder));
        }
    }
}

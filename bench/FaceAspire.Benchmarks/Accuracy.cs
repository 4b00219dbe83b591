using FaceAspire.Contracts.Names;
using FaceAspire.ModelHub;
using FaceAspire.Testing;
using FaceAspire.Vision.Attributes;
using FaceAspire.Vision.Extraction;
using FaceAspire.Vision.Imaging;
using FaceAspire.Vision.Inference;
using FaceAspire.Vision.Recognition;

namespace FaceAspire.Benchmarks;

/// <summary>Where the catalogue's thresholds and its choice of an emotion model come from: measurements on the development rows of <c>../shared/data</c>.</summary>
internal static class Accuracy
{
    private const double FalseMatchRate = 1e-3;

    /// <summary>Prints, for every recogniser, alignment and metric, the threshold at a false-match rate of 1e-3, the share of true pairs that it accepts, and the curve of the confidence.</summary>
    public static int PrintThresholds()
    {
        using var models = new BenchmarkModels();
        using var gate = new ComputeGate(maxConcurrency: 0);
        var rows = LabelledImages.Development("rec_celeba_film", "identity");
        var extractor = new FaceExtractor(_ => models.YuNet(), "yunet", models.Decoder, gate);
        Console.WriteLine($"{rows.Count} dev pictures of {rows.Select(static row => row.Label).Distinct().Count()} people, yunet; false-match rate {FalseMatchRate}");
        foreach (var entry in models.Catalog.Of(ModelTask.Recognition))
        {
            foreach (var alignment in (ReadOnlySpan<AlignmentMode>)[AlignmentMode.Native, AlignmentMode.DeepFace])
            {
                var faces = Embed(models, extractor, entry, alignment, rows);
                foreach (var metric in Enum.GetValues<DistanceMetric>())
                {
                    var (same, strangers) = Distances(faces, metric);

                    // Rounded down: up could let the first refused stranger in.
                    double threshold = Math.Floor(FalseMatchThreshold.Choose(strangers, FalseMatchRate) * 10_000) / 10_000;
                    double accepted = same.Count(distance => distance <= threshold) / (double)same.Length;
                    Console.WriteLine($"{entry.Name,-20} {alignment,-9} {metric,-12} {threshold,9:F4}   accepts {accepted:P1} of {same.Length} true pairs ({strangers.Length} false ones, {faces.Count} faces)");
                    if (alignment == AlignmentMode.Native)
                    {
                        Console.WriteLine($"    {ConfidenceFit.Fit(same, strangers, threshold)}");
                    }
                }
            }
        }

        return 0;
    }

    /// <summary>Prints the accuracy of every emotion model of the catalogue on the development rows of FER2013.</summary>
    public static int PrintEmotions()
    {
        using var models = new BenchmarkModels();
        var rows = LabelledImages.Development("emo_fer2013", "emotion");
        foreach (var entry in models.Catalog.Of(ModelTask.Attributes).Where(static entry => entry.Outputs.Any(static output => output.Action == AttributeAction.Emotion)))
        {
            var output = entry.Outputs.First(static output => output.Action == AttributeAction.Emotion);
            var network = new AttributeNetwork(models.Sessions(entry), entry.Input);
            int right = 0;
            var perClass = output.Classes.ToDictionary(static name => name, static _ => (Right: 0, All: 0));
            foreach (var (label, bytes) in rows)
            {
                using var image = models.Decoder.Decode(bytes, CancellationToken.None);
                using var crop = Resizer.Resize(image, entry.Input.Width, entry.Input.Height, Interpolation.Bilinear);
                string told = network.Run(crop, outputs => ClassPercentages.Dominant(ClassPercentages.Of(AttributeAction.Emotion, outputs[output.Tensor], output.Classes)), CancellationToken.None);
                right += told == label ? 1 : 0;
                var (hits, all) = perClass[label];
                perClass[label] = (hits + (told == label ? 1 : 0), all + 1);
            }

            Console.WriteLine($"{entry.Name,-20} {right / (double)rows.Count:P1} of {rows.Count}; mean of the classes {perClass.Values.Where(static c => c.All > 0).Average(static c => c.Right / (double)c.All):P1}");
        }

        return 0;
    }

    private static List<(string Person, Embedding Embedding)> Embed(
        BenchmarkModels models, FaceExtractor extractor, ModelEntry entry, AlignmentMode alignment, IReadOnlyList<(string Label, byte[] Image)> rows)
    {
        var embedder = models.Embedder(entry.Name);
        List<(string, Embedding)> faces = [];
        foreach (var (person, bytes) in rows)
        {
            using var image = models.Decoder.Decode(bytes, CancellationToken.None);
            using var found = extractor.Extract(image, new("yunet", [entry.CropUnder(alignment)]) { MaxFaces = 1 }, CancellationToken.None);
            if (found.Count > 0)
            {
                faces.Add((person, embedder.Embed([found[0].Crops[0]], InputNormalization.Base, CancellationToken.None)[0]));
            }
        }

        return faces;
    }

    private static (double[] Same, double[] Strangers) Distances(List<(string Person, Embedding Embedding)> faces, DistanceMetric metric)
    {
        List<double> same = [], strangers = [];
        for (int i = 0; i < faces.Count; i++)
        {
            for (int j = i + 1; j < faces.Count; j++)
            {
                (faces[i].Person == faces[j].Person ? same : strangers).Add(EmbeddingDistance.Between(faces[i].Embedding, faces[j].Embedding, metric));
            }
        }

        return ([.. same], [.. strangers]);
    }
}

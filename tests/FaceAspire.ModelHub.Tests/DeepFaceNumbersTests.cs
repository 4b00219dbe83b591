using System.Globalization;
using FaceAspire.Contracts.Models;
using FaceAspire.Contracts.Names;
using FaceAspire.Testing;

namespace FaceAspire.ModelHub.Tests;

/// <summary>The catalogue's numbers of DeepFace's models against the tables that were read from its sources.</summary>
public sealed class DeepFaceNumbersTests
{
    private const int ThresholdCells = 5;
    private const int CalibrationCells = 9;

    [Fact]
    public void Thresholds_OfEveryRecogniser_AreDeepFaces()
    {
        var catalog = ModelCatalog.LoadDefault();
        var rows = Tables().Where(static row => row.Length == ThresholdCells && row[1..].All(IsNumber)).ToList();

        rows.Count.ShouldBe(11);
        foreach (string[] row in rows)
        {
            var thresholds = catalog.Get(ModelTask.Recognition, row[0]).Thresholds[AlignmentMode.DeepFace];
            for (int i = 1; i < row.Length; i++)
            {
                thresholds[ApiNames.Metrics.Parse(ApiNames.Metrics.Names[i - 1])].ShouldBe(Number(row[i]), $"{row[0]} {ApiNames.Metrics.Names[i - 1]}");
            }
        }
    }

    [Fact]
    public void Calibrations_OfEveryRecogniser_AreDeepFaces()
    {
        var catalog = ModelCatalog.LoadDefault();
        var rows = Tables().Where(static row => row.Length == CalibrationCells && row[2..].All(IsNumber)).ToList();

        rows.Count.ShouldBe(40);
        foreach (string[] row in rows)
        {
            double[] n = [.. row[2..].Select(Number)];
            catalog.Get(ModelTask.Recognition, row[0]).Calibrations[ApiNames.Metrics.Parse(row[1])]
                .ShouldBe(new ConfidenceCalibration(n[0], n[1], n[2], n[3], n[4], n[5], n[6]), $"{row[0]} {row[1]}");
        }

        catalog.Get(ModelTask.Recognition, "Buffalo_L").Calibrations.ShouldBeEmpty();
    }

    private static List<string[]> Tables() =>
    [
        .. File.ReadLines(SharedMaterial.File("spec", "deepface-facts.md"))
            .Where(static line => line.StartsWith('|'))
            .Select(static line => line.Trim().Trim('|').Split('|', StringSplitOptions.TrimEntries)),
    ];

    private static bool IsNumber(string cell) => double.TryParse(cell, CultureInfo.InvariantCulture, out _);

    private static double Number(string cell) => double.Parse(cell, CultureInfo.InvariantCulture);
}

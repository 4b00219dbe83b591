using FaceAspire.TrainingData;

// What the networks are trained on, cut by the product's own pipeline.
if (args is not [("recognition" or "attributes") and var task, var output, var models, .. var sources] || sources.Length == 0)
{
    await Console.Error.WriteLineAsync(
        "usage: FaceAspire.TrainingData recognition|attributes OUT_FOLDER MODELS_FOLDER SOURCE [SOURCE ...]   (a source is a .tar.gz or a folder of pictures)");
    return 2;
}

using var networks = new TeacherNetworks(models);
new FaceExport(networks.Detector, task == "recognition" ? networks.Recognition() : networks.Attributes()).Run(output, sources);
return 0;

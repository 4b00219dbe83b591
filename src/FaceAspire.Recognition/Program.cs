using FaceAspire.Extraction;
using FaceAspire.Recognition;
using FaceAspire.ServiceDefaults;

var builder = ServiceHost.CreateBuilder(args);

builder.AddServiceDefaults("recognition");
builder.AddRemoteExtraction();
builder.AddRecognition();
builder.AddGalleries();

var app = builder.Build();

app.UseServiceDefaults();
app.MapServiceInfo("recognition");
app.MapRecognition();
app.MapGalleries();
app.MapModels();

return await app.RunServiceAsync();

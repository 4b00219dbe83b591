using FaceAspire.Detection;
using FaceAspire.Extraction;
using FaceAspire.ServiceDefaults;

var builder = ServiceHost.CreateBuilder(args);

builder.AddServiceDefaults("detection");
builder.AddDetection();

var app = builder.Build();

app.UseServiceDefaults();
app.MapServiceInfo("detection");
app.MapDetection();
app.MapFaceExtraction();

return await app.RunServiceAsync();

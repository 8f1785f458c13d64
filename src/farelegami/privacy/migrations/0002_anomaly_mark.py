import django.db.models.deletion
import farelegami.kernel.ids
from django.db import migrations, models


class Migration(migrations.Migration):
    """Made anew: unusual readings are found again from the log, and none was written before this."""

    dependencies = [
        ('privacy', '0001_initial'),
        ('territory', '0001_initial'),
    ]

    operations = [
        migrations.DeleteModel(name='Anomaly'),
        migrations.CreateModel(
            name='Anomaly',
            fields=[
                ('id', models.UUIDField(default=farelegami.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('day', models.DateField()),
                ('account_id', models.UUIDField()),
                ('account_name', models.CharField(max_length=150)),
                ('rule', models.CharField(max_length=8)),
                ('mark', models.CharField(max_length=80, unique=True)),
                ('facts', models.JSONField(default=dict)),
                ('found_at', models.DateTimeField()),
                ('seen_at', models.DateTimeField(null=True)),
                ('seen_by_id', models.UUIDField(null=True)),
                ('seen_by_name', models.CharField(blank=True, max_length=150)),
                ('note', models.CharField(blank=True, max_length=500, verbose_name='che cosa ne è')),
                ('district', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.district')),
            ],
            options={
                'verbose_name': 'lettura insolita',
                'verbose_name_plural': 'letture insolite',
                'indexes': [models.Index(fields=['district', '-id'], name='privacy_anomalies_all'), models.Index(condition=models.Q(('seen_at__isnull', True)), fields=['district', '-id'], name='privacy_anomalies_new')],
            },
        ),
    ]

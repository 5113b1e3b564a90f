using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Beat.Messaging.Groups.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    internal partial class NameKeys : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_groups_creator_id_name",
                table: "groups");

            migrationBuilder.AddColumn<int>(
                name: "folding_version",
                table: "groups",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<string>(
                name: "name_key",
                table: "groups",
                type: "TEXT",
                nullable: false,
                defaultValue: "");

            // Unique until the service folds the names, also where two names have become the same.
            migrationBuilder.Sql("UPDATE groups SET name_key = id");

            migrationBuilder.CreateIndex(
                name: "ix_groups_creator_id_name_key",
                table: "groups",
                columns: new[] { "creator_id", "name_key" },
                unique: true,
                filter: "deleted_at IS NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_groups_creator_id_name_key",
                table: "groups");

            migrationBuilder.DropColumn(
                name: "folding_version",
                table: "groups");

            migrationBuilder.DropColumn(
                name: "name_key",
                table: "groups");

            migrationBuilder.CreateIndex(
                name: "ix_groups_creator_id_name",
                table: "groups",
                columns: new[] { "creator_id", "name" },
                unique: true,
                filter: "deleted_at IS NULL");
        }
    }
}

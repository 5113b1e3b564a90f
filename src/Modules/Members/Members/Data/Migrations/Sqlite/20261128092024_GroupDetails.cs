using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Beat.Messaging.Members.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    internal partial class GroupDetails : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "avatar_url",
                table: "rosters",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "description",
                table: "rosters",
                type: "TEXT",
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<long>(
                name: "inserted_at",
                table: "rosters",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "name",
                table: "rosters",
                type: "TEXT",
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<int>(
                name: "sustainability_points",
                table: "rosters",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<long>(
                name: "updated_at",
                table: "rosters",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "xp",
                table: "rosters",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "avatar_url",
                table: "rosters");

            migrationBuilder.DropColumn(
                name: "description",
                table: "rosters");

            migrationBuilder.DropColumn(
                name: "inserted_at",
                table: "rosters");

            migrationBuilder.DropColumn(
                name: "name",
                table: "rosters");

            migrationBuilder.DropColumn(
                name: "sustainability_points",
                table: "rosters");

            migrationBuilder.DropColumn(
                name: "updated_at",
                table: "rosters");

            migrationBuilder.DropColumn(
                name: "xp",
                table: "rosters");
        }
    }
}
